// Package gather lets questions that are asked at the same time travel together. Nobody waits for company: a question
// leaves at once while there is room on the way, and only who finds the way full goes with the next that leave.
package gather

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Batcher answers questions in batches. It is safe for concurrent use and keeps no goroutine while nobody asks.
type Batcher[Q, A any] struct {
	limit, flights int
	within         time.Duration
	run            func(context.Context, []Q) ([]A, error)

	mu      sync.Mutex
	flying  int            // batches under way
	waiting []*asker[Q, A] // first come first; nobody waits unless all flights are under way
}

// asker is somebody who waits for an answer.
type asker[Q, A any] struct {
	ctx      context.Context //nolint:containedctx // tells whether there is still somebody to answer
	question Q
	answer   A
	err      error
	answered chan struct{}
}

// New returns a batcher that has run answer at most limit questions at a time, in at most so many flights at once (both
// at least 1). run answers in the order of the questions, keeps to its deadline, which is so long from the departure,
// and does not keep the slice of questions. It gets the values of the context of whoever is first in a batch. An error
// of run, a panic, and a number of answers that is not that of the questions are an error for all who were asked for.
func New[Q, A any](limit, flights int, within time.Duration, run func(ctx context.Context, questions []Q) ([]A, error)) *Batcher[Q, A] {
	return &Batcher[Q, A]{limit: max(limit, 1), flights: max(flights, 1), within: within, run: run}
}

// Ask waits for the answer to a question, or for the end of the caller's context, whose error it returns then. Who
// leaves spoils no batch: a question under way is answered for nobody, one that waits is not asked. A panic comes back
// as an error that ends with its stack. Cost: besides the answer a goroutine and 0.5 KiB for one who asks alone.
func (b *Batcher[Q, A]) Ask(ctx context.Context, question Q) (A, error) {
	asking := &asker[Q, A]{ctx: ctx, question: question, answered: make(chan struct{})}
	if b.mayLeave(asking) {
		go b.fly(asking)
	}
	select {
	case <-asking.answered:
		return asking.answer, asking.err
	case <-ctx.Done():
		var none A
		return none, ctx.Err()
	}
}

// mayLeave reports whether there is room for one more flight; without it the asker waits for the next.
func (b *Batcher[Q, A]) mayLeave(asking *asker[Q, A]) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.flying < b.flights {
		b.flying++
		return true
	}
	b.waiting = append(b.waiting, asking)
	return false
}

// fly answers the first, then who waits meanwhile, until nobody does.
func (b *Batcher[Q, A]) fly(first *asker[Q, A]) {
	var questions []Q
	for batch := []*asker[Q, A]{first}; len(batch) > 0; batch = b.next(batch) {
		questions = questions[:0]
		for _, asking := range batch {
			questions = append(questions, asking.question)
		}
		answers, err := b.answer(batch[0].ctx, questions)
		for i, asking := range batch {
			if asking.err = err; err == nil {
				asking.answer = answers[i]
			}
			close(asking.answered)
		}
	}
}

// next takes those who have waited longest and have not left, into the memory of the batch before. Without any the
// flight is over.
func (b *Batcher[Q, A]) next(batch []*asker[Q, A]) []*asker[Q, A] {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(batch)
	batch = batch[:0]
	seen := 0
	for ; seen < len(b.waiting) && len(batch) < b.limit; seen++ {
		if asking := b.waiting[seen]; asking.ctx.Err() == nil {
			batch = append(batch, asking)
		}
	}
	b.waiting = slices.Delete(b.waiting, 0, seen)
	if len(batch) == 0 {
		b.flying--
	}
	return batch
}

// answer runs one batch.
func (b *Batcher[Q, A]) answer(first context.Context, questions []Q) (answers []A, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(first), b.within)
	defer cancel()
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("answer %d questions: panic: %v\n%s", len(questions), fault, debug.Stack())
		}
	}()
	answers, err = b.run(ctx, questions)
	if err == nil && len(answers) != len(questions) {
		err = fmt.Errorf("answer %d questions: there are %d answers", len(questions), len(answers))
	}
	return answers, err
}
