package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// warmFor is how long a server is asked a workload, by as many clients as the aims are about, before it is measured.
const warmFor = 1500 * time.Millisecond

// tally is what was measured of one server with one workload and number of clients, all rounds together.
type tally struct {
	workload *workload
	clients  int
	server   string

	latencies            []time.Duration
	elapsed              time.Duration
	own, helper, storage time.Duration // CPU of the server, of Redis where it has one, of Postgres
	peak                 int64         // bytes
	statements           int           // of one request
}

func (t *tally) perSecond() float64 { return float64(len(t.latencies)) / t.elapsed.Seconds() }

// each is a part of the CPU that was used, in milliseconds a request.
func (t *tally) each(used time.Duration) float64 {
	return used.Seconds() * 1000 / float64(max(1, len(t.latencies)))
}

func (t *tally) cpu() float64 { return t.each(t.own + t.helper + t.storage) }

// percentile is the latency that so many percent of the requests stayed within; the latencies are sorted.
func percentile(latencies []time.Duration, percent int) time.Duration {
	if len(latencies) == 0 {
		return 0
	}
	return latencies[(len(latencies)*percent-1)/100]
}

// contender is a server with the requests it is asked in turns, and what became of them.
type contender struct {
	*server
	requests [][]byte
	tally    *tally
}

// measure asks one workload of all servers in turns, so that whatever else the machine does hits all alike.
func (r *run) measure(ctx context.Context, w *workload) error {
	if err := r.same(ctx, w); err != nil {
		return err
	}
	counts, err := r.count(ctx, w)
	if err != nil {
		return err
	}
	for _, c := range r.contenders(w, aimedAt) {
		if _, _, err := flood(ctx, c.address, aimedAt, warmFor, c.requests); err != nil {
			return err
		}
	}
	for _, clients := range r.clients {
		contenders := r.contenders(w, clients)
		for turn := range r.rounds * len(contenders) {
			if err := r.turn(ctx, contenders[turn%len(contenders)]); err != nil {
				return err
			}
		}
		for _, c := range contenders {
			c.tally.statements = counts[c.name]
			slices.Sort(c.tally.latencies)
			r.tallies = append(r.tallies, c.tally)
		}
		fmt.Fprintf(os.Stderr, "measured %s, %d clients\n", w.name, clients)
	}
	return nil
}

// contenders are the servers that are asked a workload.
func (r *run) contenders(w *workload, clients int) (found []contender) {
	for _, s := range r.servers {
		if requests := r.requests(s, w); requests != nil {
			found = append(found, contender{s, requests, &tally{workload: w, clients: clients, server: s.name}})
		}
	}
	return found
}

// requests are the texts that a server is asked in turns; nil when it is not asked this workload.
func (r *run) requests(s *server, w *workload) (texts [][]byte) {
	for _, about := range r.subjects {
		if text := s.write(w, about); text != nil {
			texts = append(texts, text)
		}
	}
	return texts
}

// turn measures one server for a while and adds the results.
func (r *run) turn(ctx context.Context, s contender) error {
	t := s.tally
	if err := s.family().forgetPeak(); err != nil {
		return err
	}
	families := []family{s.family(), r.postgres, s.helper}
	before, err := used(families)
	if err != nil {
		return err
	}
	latencies, elapsed, err := flood(ctx, s.address, t.clients, r.lasting, s.requests)
	if err != nil {
		return err
	}
	after, err := used(families)
	if err != nil {
		return err
	}
	peak, err := s.family().peak()
	t.latencies, t.elapsed, t.peak = append(t.latencies, latencies...), t.elapsed+elapsed, max(t.peak, peak)
	t.own, t.storage, t.helper = t.own+after[0]-before[0], t.storage+after[1]-before[1], t.helper+after[2]-before[2]
	return err
}

// used is the CPU that families have used so far.
func used(families []family) (total [3]time.Duration, err error) {
	for i, f := range families {
		if f == 0 {
			continue
		}
		if total[i], err = f.cpu(); err != nil {
			return total, err
		}
	}
	return total, nil
}

// count returns how many SQL statements one request takes each server: the median of some that were asked alone.
func (r *run) count(ctx context.Context, w *workload) (counts map[string]int, err error) {
	counts = map[string]int{}
	err = r.counting(ctx, func(log string) error {
		for _, s := range r.servers {
			if s.write(w, r.subjects[0]) == nil {
				continue
			}
			if counts[s.name], err = r.countOf(ctx, s, w, log); err != nil {
				return err
			}
		}
		return nil
	})
	return counts, err
}

func (r *run) countOf(ctx context.Context, s *server, w *workload, log string) (int, error) {
	const times = 11
	var counts []int
	for i := range times {
		before, err := os.Stat(log)
		if err != nil {
			return 0, fmt.Errorf("find the log of Postgres: %w", err)
		}
		if _, err := s.once(ctx, w, r.subjects[i%len(r.subjects)]); err != nil {
			return 0, err
		}
		text, err := readFrom(log, before.Size())
		if err != nil {
			return 0, err
		}
		counts = append(counts, statementsIn(text))
	}
	slices.Sort(counts)
	return counts[times/2], nil
}
