package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       usage
		fails      bool
	}{
		{"plain", "7 (postgres) S 3 7 7 0 -1 4194560 1 2 3 4 11 22 30 40 20 0 1 0 99", usage{3, 330 * time.Millisecond, 700 * time.Millisecond}, false},
		{"a name like the rest", "7 (a) S 9 (b c) R 5 7 7 0 -1 4194560 1 2 3 4 1 0 0 2 20 0", usage{5, 10 * time.Millisecond, 20 * time.Millisecond}, false},
		{"cut short", "7 (postgres) S 3 7", usage{}, true},
		{"words for numbers", "7 (x) S p 7 7 0 -1 4194560 1 2 3 4 11 22 30 40 20", usage{}, true},
		{"nothing", "", usage{}, true},
	} {
		got, err := parseStat(row.text)
		if got != row.want || (err != nil) != row.fails {
			t.Errorf("%s: %+v, %v; want %+v", row.name, got, err, row.want)
		}
	}
}

func TestParsePeak(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"Name:\tx\nVmHWM:\t   2048 kB\nVmRSS:\t 1 kB\n": 2 << 20, "Name:\tkthread\n": 0, "": 0} {
		if got := parsePeak([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, row := range []struct {
		latencies []time.Duration
		percent   int
		want      time.Duration
	}{{nil, 50, 0}, {hundred[:1], 99, 1}, {hundred[:2], 50, 1}, {hundred, 50, 50}, {hundred, 99, 99}, {hundred[:10], 99, 10}} {
		if got := percentile(row.latencies, row.percent); got != row.want {
			t.Errorf("%d%% of %d: %d, want %d", row.percent, len(row.latencies), got, row.want)
		}
	}
}

func TestStatementsIn(t *testing.T) {
	t.Parallel()
	log := "2026-01-01 UTC [1] LOG:  statement: begin\n" +
		"2026-01-01 UTC [1] LOG:  execute stmtcache_1: SELECT 1\n2026-01-01 UTC [1] DETAIL:  parameters: $1 = 'LOG'\n" +
		"2026-01-01 UTC [2] LOG:  execute <unnamed>: select\n\t1\n2026-01-01 UTC [1] LOG:  statement: COMMIT;\n2026-01-01 UTC [3] LOG:  checkpoint starting: time\n"
	if got := statementsIn(log); got != 2 {
		t.Errorf("%d statements, want 2", got)
	}
}

func TestSameAnswers(t *testing.T) {
	t.Parallel()
	ours := []byte(`{"data":{"nodes":[{"title":"a","labels":[1,2]},{"title":"b","labels":[]}]},"extensions":{"cost":{"actual":3}}}`)
	cut := withoutExtensions(ours)
	for _, row := range []struct {
		name, answer string
		bytes, count bool
	}{
		{"the same", `{"data":{"nodes":[{"title":"a","labels":[1,2]},{"title":"b","labels":[]}]}}`, true, true},
		{"other words", `{"nodes":[{"title":"x","labels":[{},{}],"other":[1]},{"title":"y"}]}`, false, true},
		{"a label less", `{"data":{"nodes":[{"title":"a","labels":[1]},{"title":"b","labels":[]}]}}`, false, false},
		{"nothing", `{}`, false, false},
		{"not JSON", `oops`, false, false},
	} {
		if err := sameBytes(cut, []byte(row.answer)); (err == nil) != row.bytes {
			t.Errorf("%s, bytes: %v", row.name, err)
		}
		if err := sameCensus(cut, []byte(row.answer)); (err == nil) != row.count {
			t.Errorf("%s, census: %v", row.name, err)
		}
	}
	if err := sameCensus([]byte(`{}`), []byte(`{}`)); err == nil {
		t.Error("answers that hold nothing say nothing")
	}
}

func TestRatios(t *testing.T) {
	t.Parallel()
	w := &workload{name: "a thing", aim: aim{2, 3, .5}}
	of := func(server string, clients, requests int, cpu time.Duration) *tally {
		return &tally{workload: w, clients: clients, server: server, latencies: make([]time.Duration, requests), elapsed: time.Second, own: cpu / 2, helper: cpu / 4, storage: cpu / 4}
	}
	tallies := []*tally{of("kanera", 1, 100, time.Second), of("limit", 1, 400, time.Second),
		of("kanera", 16, 300, 300*time.Millisecond), of("postgraphile", 16, 100, 400*time.Millisecond), of("limit", 16, 400, time.Second)}
	if got, want := compare(tallies[2:]), (comparison{3, 4, .75}); got != want {
		t.Errorf("compared: %+v, want %+v", got, want)
	}
	var out strings.Builder
	if err := ratios(&out, tallies); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"kanera against clients", "a thing 1 - - - - 0.25 -", "a thing 16 3.00 2.00 4.00 3.00 0.75 0.50"} {
		if i >= len(lines) || !strings.HasPrefix(strings.Join(strings.Fields(lines[i]), " "), want) {
			t.Fatalf("line %d of\n%s\nshould begin %q", i, out.String(), want)
		}
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	about := subject{card: "c", board: "b", list: "l", title: "A & B"}
	if got, want := string(about.operation("query($card: ID!) { card(id: $card) { id } }")), `{"query":"query($card: ID!) { card(id: $card) { id } }","variables":{"card":"c"}}`; got != want {
		t.Errorf("operation %s, want %s", got, want)
	}
	if got, want := about.fill("/create?board={board}&title={title}"), "/create?board=b&title=A+%26+B"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	if got, want := string(request("POST", "h:1", "/x", "k", []byte("{}"))), "POST /x HTTP/1.1\r\nHost: h:1\r\nAuthorization: Bearer k\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"; got != want {
		t.Errorf("request %q, want %q", got, want)
	}
}
