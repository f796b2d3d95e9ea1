package gateway_test

import (
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

type apiLimits struct {
	MaxDepth, MaxAliases, MaxTokens, MaxSelections, MaxBodyBytes, MaxPageSize, MaxCost, TimeoutMs int
	Buckets                                                                                       []struct {
		Name, Scope          string
		Limit, WindowSeconds int
	}
}

// testLimits runs without budgets, as all tests do unless they say otherwise.
func testLimits(t *testing.T, k known) {
	var got struct {
		RateLimit *struct{ Cost int }
		APILimits apiLimits
	}
	target(t, k.Gateway, "Limits", nil, &got)
	want := apiLimits{MaxDepth: graph.MaxDepth, MaxAliases: graph.MaxAliases, MaxTokens: graph.MaxTokens,
		MaxSelections: graph.MaxSelections, MaxBodyBytes: graph.MaxBodyBytes, MaxPageSize: domain.MaxPageSize,
		MaxCost: graph.MaxCost, TimeoutMs: int(graph.Deadline / time.Millisecond)}
	if limits := got.APILimits; got.RateLimit != nil || len(limits.Buckets) > 0 || limits.MaxDepth != want.MaxDepth ||
		limits.MaxAliases != want.MaxAliases || limits.MaxTokens != want.MaxTokens || limits.MaxSelections != want.MaxSelections ||
		limits.MaxBodyBytes != want.MaxBodyBytes || limits.MaxPageSize != want.MaxPageSize || limits.MaxCost != want.MaxCost ||
		limits.TimeoutMs != want.TimeoutMs {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
