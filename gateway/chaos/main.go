// Command chaos tries whether webhooks lose nothing: two real server processes on one Postgres and one Redis deliver
// under load to a receiver that fails now and then, while processes are killed at random moments and Redis is emptied.
// It prints what was committed, delivered, lost and delivered twice, and fails when anything was lost.
//
// `make chaos` runs it beside a throw-away Postgres and Redis, which it takes for itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

const (
	processes = 2
	webhooks  = 3
	writers   = 4
	kills     = 20
	flushes   = 3
	loadFor   = 60 * time.Second
	drainFor  = 100 * time.Second
	startFor  = 30 * time.Second
)

func main() {
	binary := flag.String("server", "", "path of the kanera binary")
	flag.Parse()
	if err := run(context.Background(), *binary); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary string) (err error) {
	if databaseURL() == "" || redisURL() == "" {
		return errors.New("there is no database and Redis to take: run make chaos")
	}
	ctx, cancel := context.WithTimeout(ctx, startFor+loadFor+drainFor+startFor)
	defer cancel()
	receiver, err := newReceiver(ctx)
	if err != nil {
		return err
	}
	defer receiver.close()
	dir, err := os.MkdirTemp("", "kanera-chaos.")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	servers, err := startServers(ctx, binary, dir)
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.kill())
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	if err != nil {
		return err
	}
	client, err := newClient(servers)
	if err != nil {
		return err
	}
	for i := range webhooks {
		if err := client.hook(ctx, receiver.url(i)); err != nil {
			return err
		}
	}
	first, err := lastSequence(ctx, client.facts.WorkspaceID)
	if err != nil {
		return err
	}
	if err := disturb(ctx, servers, client); err != nil {
		return err
	}
	events, err := eventsAfter(ctx, client.facts.WorkspaceID, first)
	if err != nil {
		return err
	}
	receiver.await(ctx, events)
	return report(receiver, client, events)
}

// disturb keeps writing while processes are killed and Redis is emptied, and ends with all processes running.
func disturb(ctx context.Context, servers []*server, client *client) error {
	loading, stop := context.WithTimeout(ctx, loadFor)
	defer stop()
	var group sync.WaitGroup
	for range writers {
		group.Go(func() { client.write(loading) })
	}
	defer group.Wait()
	moments := loadFor / (kills + 1)
	for i := range kills {
		wait(loading, moments/2+rand.N(moments)) //nolint:gosec // chance, not secrecy
		victim := servers[i%len(servers)]
		if err := victim.kill(); err != nil {
			return err
		}
		if i%(kills/flushes) == kills/flushes/2 {
			if err := emptyRedis(ctx); err != nil {
				return err
			}
		}
		if err := victim.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func report(receiver *receiver, client *client, events []string) error {
	delivered, repeated := receiver.count(events)
	lost := webhooks*len(events) - delivered
	fmt.Fprintf(os.Stdout, "processes          %d, killed %d times\n", processes, kills)
	fmt.Fprintf(os.Stdout, "Redis emptied      %d times\n", flushes)
	fmt.Fprintf(os.Stdout, "changes answered   %d\n", client.answered.Load())
	fmt.Fprintf(os.Stdout, "events committed   %d, for %d webhooks\n", len(events), webhooks)
	fmt.Fprintf(os.Stdout, "deliveries made    %d of %d\n", delivered, webhooks*len(events))
	fmt.Fprintf(os.Stdout, "refused on purpose %d\n", receiver.refused.Load())
	fmt.Fprintf(os.Stdout, "duplicates         %d\n", repeated)
	fmt.Fprintf(os.Stdout, "lost               %d\n", lost)
	if lost > 0 {
		return errors.New("deliveries were lost")
	}
	if len(events) == 0 {
		return errors.New("nothing happened")
	}
	return nil
}
