package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// head says under which conditions the figures came about.
func (r *run) head(to io.Writer) {
	fmt.Fprintf(to, `
kanera, PostGraphile and a hand-written handler on one database
  data          %d cards in one workspace, 10 boards, 8 lists; PostgreSQL %s
  machine       %d processors, shared by the servers, Postgres, Redis and the clients that ask
  turns         the servers are asked in turns, %d times %v each, for every workload and number of clients
  kanera        1 process, %s. On: authentication, rate limits and cost budgets on a real Redis (so large that
                nobody meets them), idempotency (no request sends a key), metrics, logs to a file
  postgraphile  %s on Node.js %s; processes: %d%s
                NODE_ENV=production, no watch, no explain, no GraphiQL, pools of %d connections. Off: authentication,
                limits, and who may see what where it follows relations. Functions (peer.sql) run the SQL of the page, the
                aggregate and the new card. It answers columns as they are stored: no overdue, no composed keys, no
                mapped enumerations. It was given no index, because those that are there serve all of it
  limit         1 process, net/http and pgx, the least SQL, JSON appended by hand. Off: everything
  answers       the limit's are kanera's byte by byte; PostGraphile's hold as many cards, labels, people, values and
                options; a new card leaves the same rows behind with all three
  columns       CPU is milliseconds a request: of the server, of Redis, of Postgres with all its processes. Peak is the
                resident memory of the server. Statements are of one request, without BEGIN and COMMIT
`, r.cards, r.versions.postgres, r.versions.processors, r.rounds, r.lasting, r.versions.golang, r.versions.postgraphile, r.versions.node, r.processes, r.chosen, peerPool)
}

// figures prints what was measured.
func figures(to io.Writer, tallies []*tally) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\nworkload\tclients\tserver\trequests/s\tp50 ms\tp99 ms\tserver CPU\tRedis CPU\tPostgres CPU\tall CPU\tpeak MB\tstatements\t\n")
	for _, t := range tallies {
		fmt.Fprintf(table, "%s\t%d\t%s\t%.0f\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t%.2f\t%d\t%d\t\n", t.workload.name, t.clients, t.server, t.perSecond(),
			percentile(t.latencies, 50).Seconds()*1000, percentile(t.latencies, 99).Seconds()*1000, t.each(t.own), t.each(t.helper), t.each(t.storage), t.cpu(), t.peak>>20, t.statements)
	}
	return table.Flush()
}

// aimedAt is the number of clients that the aims are about.
const aimedAt = 16

// comparison is what the gateway reaches beside another server; 0 where there is none.
type comparison struct{ peer, peerCPU, limit float64 }

// compare sets the first tally, which is the gateway's, against the others.
func compare(tallies []*tally) (c comparison) {
	ours := tallies[0]
	for _, other := range tallies[1:] {
		switch other.server {
		case "postgraphile":
			c.peer, c.peerCPU = ours.perSecond()/other.perSecond(), other.cpu()/ours.cpu()
		case "limit":
			c.limit = ours.perSecond() / other.perSecond()
		}
	}
	return c
}

// ratios prints how the gateway stands against the others, beside the aims.
func ratios(to io.Writer, tallies []*tally) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\nkanera against\tclients\tpostgraphile, requests/s\t(aim)\tpostgraphile, CPU\t(aim)\tlimit, requests/s\t(aim)\t\n")
	for from := 0; from < len(tallies); {
		to := from + 1
		for to < len(tallies) && tallies[to].server != tallies[from].server {
			to++
		}
		first, c, goal := tallies[from], compare(tallies[from:to]), aim{}
		if first.clients == aimedAt {
			goal = first.workload.aim
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", first.workload.name, first.clients, ratio(c.peer), ratio(goal.peer), ratio(c.peerCPU), ratio(goal.peerCPU), ratio(c.limit), ratio(goal.limit))
		from = to
	}
	return table.Flush()
}

// ratio writes a quotient; there is none at 0.
func ratio(quotient float64) string {
	if quotient == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", quotient)
}

// memory prints the most that the gateway held during the board view with the most clients.
func memory(to io.Writer, tallies []*tally) {
	for _, t := range tallies {
		if t.server == "kanera" && t.workload.name == "board view" && t.clients == 64 {
			fmt.Fprintf(to, "\npeak memory of kanera in the board view at 64 clients: %d MB (aim: at most 150)\n", t.peak>>20)
		}
	}
}
