# `make help` lists what can be done here. Everything a target needs beyond Go, make and git it fetches itself, at
# the versions written down in this repository, or says what to install.
SHELL := /bin/bash
.DEFAULT_GOAL := help

GOLANGCI_VERSION := 2.15.0
GENERATED := graph/generated.go graph/models_gen.go graph/fast_generated.go
BENCHTIME ?= 5s
LASTING ?= 190s
TEST ?= ./...
# SQLite, which is C translated into Go, is not watched for races: it shares nothing with us but what its driver guards,
# and tests on it take less than half the CPU that way.
WATCHED := -race -gcflags=modernc.org/sqlite/lib=-race=false
PEERS ?=

.PHONY: help run test lint generate generate-check bench bench-webhooks chaos limits assets conformance audit verify-webhooks verify-live bench-live bench-peers cover

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: assets ## Start the server on its embedded default under ./data
	go run ./gateway/cmd/kanera serve

test: ## Run every test with the race detector, beside a throw-away Postgres and Redis (TEST=./domain/... for some)
	.ci/with-servers go test $(WATCHED) -shuffle=on -timeout 15m $(TEST)

lint: .bin/golangci-lint-$(GOLANGCI_VERSION) ## Check style, arrows and common mistakes
	$< run ./...

generate: ## Write the GraphQL executor anew after a change to schema.graphqls
	go run ./graph/fastgen

generate-check: ## Fail when the generated files are not what the schema makes of them
	.ci/generate-check $(GENERATED)

bench: ## Measure requests/s, p50, p99 and SQL statements on 50,000 cards, and what the HTTP chain costs (BENCHTIME=5s)
	.ci/with-servers go test -run '^$$' -bench 'Reads|Chain' -benchtime $(BENCHTIME) -timeout 30m ./gateway/bench

limits: ## Measure rate limits: a decision, a Redis that goes away, two processes at twice a budget for LASTING=190s
	.ci/with-servers go test -run '^$$' -bench Take ./persistence/redis
	.ci/with-servers go test -run '^$$' -bench RedisGoesAway -benchtime 100x ./persistence/redis
	.ci/with-servers go test -run '^$$' -bench TwoProcesses -benchtime 1x -timeout 20m ./gateway/bench -lasting $(LASTING)

bench-webhooks: ## Measure deliveries/s, p50 and p99 from event to receiver, and what hanging receivers do to the others
	.ci/with-servers go test -run '^$$' -bench . -benchtime 1x -timeout 10m ./gateway/bench/webhooks

bench-live: ## Measure 5,000 open subscriptions, and the time for one change to reach 1,000 of them
	.ci/with-servers go test -run '^$$' -bench . -benchtime 1x -timeout 10m ./gateway/bench/live

bench-peers: ## Measure the gateway beside PostGraphile and beside a hand-written handler on 50,000 cards (needs Node; about eight minutes)
	@command -v npm >/dev/null || { echo "This needs npm; install Node.js and run it again." >&2; exit 1; }
	cd gateway/bench/peers/postgraphile && npm ci --silent --no-fund --no-audit
	@mkdir -p .bin
	go build -o .bin/kanera-peers-server ./gateway/cmd/kanera
	go build -o .bin/kanera-peers-limit ./gateway/bench/peers/limit
	.ci/with-servers go run ./gateway/bench/peers -server .bin/kanera-peers-server -limit .bin/kanera-peers-limit $(PEERS)

chaos: ## Kill servers and empty Redis under load, and count the deliveries that were lost (about two minutes)
	@mkdir -p .bin
	go build -o .bin/kanera-chaos-server ./gateway/cmd/kanera
	.ci/with-servers go run ./gateway/chaos -server .bin/kanera-chaos-server

assets: ## Fetch the browser bundles of /graphiql and /docs, to be embedded; without npm the pages use a CDN
	@if command -v npm >/dev/null && command -v node >/dev/null; then \
		node gateway/pages/assets.mjs || echo "Could not fetch the browser bundles: the pages load them from a CDN."; \
	else \
		echo "npm is not here: the pages load their bundles from a CDN."; \
	fi

conformance: ## Check the schema and the OpenAPI document with outside tools (needs Node)
	docs/conformance/run
	docs/conformance/live/run

audit: ## Check GraphQL over HTTP with the audits of graphql-http (needs Node)
	docs/conformance/audit

verify-webhooks: ## Let the published packages standardwebhooks and svix verify our deliveries (needs Node)
	docs/conformance/webhook/run

verify-live: ## Let the published clients graphql-ws and graphql-sse subscribe to a running server (needs Node)
	docs/conformance/live/run

cover: ## Run every test and print the coverage of the hand-written code
	.ci/with-servers go test -shuffle=on -timeout 15m -coverpkg=./... -coverprofile=coverage.out ./...
	@grep -v -E '$(subst $() ,|,$(GENERATED))' coverage.out > coverage.out.tmp && mv coverage.out.tmp coverage.out
	go tool cover -func=coverage.out | tail -1

# A copy on the PATH serves when it is of the same version.
.bin/golangci-lint-$(GOLANGCI_VERSION):
	@mkdir -p .bin
	@if golangci-lint version --short 2>/dev/null | grep -qx '$(GOLANGCI_VERSION)'; then \
		ln -sf "$$(command -v golangci-lint)" $@; \
	else \
		echo "Building golangci-lint $(GOLANGCI_VERSION)"; \
		GOBIN='$(CURDIR)/.bin' go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(GOLANGCI_VERSION) && \
		mv .bin/golangci-lint $@; \
	fi
