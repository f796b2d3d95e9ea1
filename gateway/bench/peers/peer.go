package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

// peerPool is how many connections to Postgres each process of PostGraphile may have: what its driver takes by itself.
const peerPool = 10

// bestPeer starts PostGraphile in one process and in two, keeps asking both cards and boards for a while, and leaves the
// better one running. A number of processes that was asked for is not doubted.
func (r *run) bestPeer(ctx context.Context) (*server, error) {
	if r.processes > 0 {
		return r.postgraphile(ctx, r.processes)
	}
	var scores [2]float64
	for i := range scores {
		s, err := r.postgraphile(ctx, i+1)
		if err == nil {
			scores[i], err = r.score(ctx, s)
		}
		if s != nil {
			s.stop()
		}
		if err != nil {
			return nil, err
		}
	}
	r.processes = 1
	if scores[1] > scores[0] {
		r.processes = 2
	}
	r.chosen = fmt.Sprintf(", which is faster here: 2 serve %.2f times what 1 does", scores[1]/scores[0])
	return r.postgraphile(ctx, r.processes)
}

// score is the geometric mean of the requests/s of a card and a board at 16 clients, once warm.
func (r *run) score(ctx context.Context, s *server) (float64, error) {
	product := 1.0
	for _, w := range workloads[:2] {
		requests := r.requests(s, &w)
		if _, _, err := flood(ctx, s.address, aimedAt, warmFor, requests); err != nil {
			return 0, err
		}
		latencies, elapsed, err := flood(ctx, s.address, aimedAt, 5*time.Second/2, requests)
		if err != nil {
			return 0, err
		}
		product *= float64(len(latencies)) / elapsed.Seconds()
	}
	return math.Sqrt(product), nil
}
