package gather_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kanera.dev/persistence/gather"
)

// held is a run that answers with ten times the question, each batch when it is let go.
type held struct {
	batches [][]int // as they left
	let     chan struct{}
}

func newHeld() *held { return &held{let: make(chan struct{})} }

func (h *held) run(ctx context.Context, questions []int) ([]int, error) {
	h.batches = append(h.batches, slices.Clone(questions))
	select {
	case <-h.let:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	answers := make([]int, len(questions))
	for i, question := range questions {
		answers[i] = 10 * question
	}
	return answers, nil
}

// said is what somebody was answered.
type said struct {
	answer int
	err    error
}

// ask begins with one question after the other, in their order, and returns where each answer will be.
func ask(ctx context.Context, batcher *gather.Batcher[int, int], questions ...int) []*said {
	answers := make([]*said, len(questions))
	for i, question := range questions {
		answers[i] = &said{}
		go func() { answers[i].answer, answers[i].err = batcher.Ask(ctx, question) }()
		synctest.Wait()
	}
	return answers
}

// TestWhoFindsTheWayFullGoesTogether with the next batch, the others at once and alone; each gets its own answer.
func TestWhoFindsTheWayFullGoesTogether(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		limit, flights int
		want           [][]int
	}{
		"one way":       {10, 1, [][]int{{1}, {2, 3, 4, 5, 6}}},
		"two ways":      {10, 2, [][]int{{1}, {2}, {3, 4, 5, 6}}},
		"at most two":   {2, 1, [][]int{{1}, {2, 3}, {4, 5}, {6}}},
		"each alone":    {1, 2, [][]int{{1}, {2}, {3}, {4}, {5}, {6}}},
		"room for all":  {1, 6, [][]int{{1}, {2}, {3}, {4}, {5}, {6}}},
		"never nothing": {0, 0, [][]int{{1}, {2}, {3}, {4}, {5}, {6}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHeld()
				answers := ask(t.Context(), gather.New(row.limit, row.flights, time.Hour, h.run), 1, 2, 3, 4, 5, 6)
				for range row.want {
					h.let <- struct{}{}
					synctest.Wait()
				}
				if fmt.Sprint(h.batches) != fmt.Sprint(row.want) {
					t.Errorf("left as %v, want %v", h.batches, row.want)
				}
				for i, got := range answers {
					if got.answer != 10*(i+1) || got.err != nil {
						t.Errorf("question %d: %+v", i+1, *got)
					}
				}
			})
		})
	}
}

// TestWhoLeavesSpoilsNothing: the batch goes on, and whoever left before it went is not asked for.
func TestWhoLeavesSpoilsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		batcher := gather.New(2, 1, time.Hour, h.run)
		leaving, leave := context.WithCancel(t.Context())
		first := ask(leaving, batcher, 1)[0]
		gone := ask(leaving, batcher, 2, 3)
		stayed := ask(t.Context(), batcher, 4, 5)
		leave()
		synctest.Wait()
		for _, left := range append(gone, first) {
			if !errors.Is(left.err, context.Canceled) || left.answer != 0 {
				t.Errorf("who left was told %+v", *left)
			}
		}
		for range 2 {
			h.let <- struct{}{}
			synctest.Wait()
		}
		if fmt.Sprint(h.batches) != "[[1] [4 5]]" || stayed[0].answer != 40 || stayed[1].answer != 50 {
			t.Errorf("left as %v; who stayed was told %+v and %+v", h.batches, *stayed[0], *stayed[1])
		}
	})
}

// TestWhenAllHaveLeftTheNextGoesAtOnce so that a flight without passengers holds up nobody.
func TestWhenAllHaveLeftTheNextGoesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHeld()
		batcher := gather.New(10, 1, time.Hour, h.run)
		leaving, leave := context.WithCancel(t.Context())
		ask(leaving, batcher, 1, 2)
		leave()
		h.let <- struct{}{}
		synctest.Wait()
		last := ask(t.Context(), batcher, 3)[0]
		h.let <- struct{}{}
		synctest.Wait()
		if fmt.Sprint(h.batches) != "[[1] [3]]" || last.answer != 30 {
			t.Errorf("left as %v; the last was told %+v", h.batches, *last)
		}
	})
}

type nameKey struct{}

// TestABatchHasItsOwnTime and the values of whoever is first.
func TestABatchHasItsOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, names := newHeld(), []any{}
		batcher := gather.New(10, 1, time.Minute, func(ctx context.Context, questions []int) ([]int, error) {
			names = append(names, ctx.Value(nameKey{}))
			return h.run(ctx, questions)
		})
		named := func(name string) context.Context { return context.WithValue(t.Context(), nameKey{}, name) }
		began := time.Now()
		late := ask(named("a"), batcher, 1)[0]
		next := ask(named("b"), batcher, 2)[0]
		ask(named("c"), batcher, 3)
		time.Sleep(time.Minute) // on the clock of the bubble
		synctest.Wait()
		if !errors.Is(late.err, context.DeadlineExceeded) || time.Since(began) != time.Minute {
			t.Errorf("after %v: %+v", time.Since(began), *late)
		}
		time.Sleep(time.Minute - 1)
		h.let <- struct{}{}
		synctest.Wait()
		if next.answer != 20 || fmt.Sprint(names) != "[a b]" {
			t.Errorf("then %+v; the batches knew %v", *next, names)
		}
	})
}

// TestAFailureIsAnErrorForTheWholeBatch and for no other.
func TestAFailureIsAnErrorForTheWholeBatch(t *testing.T) {
	t.Parallel()
	cause := errors.New("the far side is away")
	for name, row := range map[string]struct {
		fail func() ([]int, error)
		said []string
		is   error
	}{
		"an error":         {func() ([]int, error) { return nil, cause }, []string{"the far side is away"}, cause},
		"a panic":          {func() ([]int, error) { panic("a nil map") }, []string{"panic: a nil map", "gather_test.go:"}, nil},
		"too few answers":  {func() ([]int, error) { return []int{1}, nil }, []string{"answer 2 questions: there are 1 answers"}, nil},
		"too many answers": {func() ([]int, error) { return []int{1, 2, 3}, nil }, []string{"answer 2 questions: there are 3 answers"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHeld()
				batcher := gather.New(2, 1, time.Hour, func(ctx context.Context, questions []int) ([]int, error) {
					answers, err := h.run(ctx, questions)
					if questions[0] == 2 {
						return row.fail()
					}
					return answers, err
				})
				told := ask(t.Context(), batcher, 1, 2, 3, 4)
				for range 3 {
					h.let <- struct{}{}
					synctest.Wait()
				}
				if *told[0] != (said{answer: 10}) || *told[3] != (said{answer: 40}) {
					t.Errorf("the others were told %+v and %+v", *told[0], *told[3])
				}
				for _, got := range told[1:3] {
					if got.err == nil || got.answer != 0 || row.is != nil && !errors.Is(got.err, row.is) {
						t.Errorf("told %+v", *got)
						continue
					}
					for _, part := range row.said {
						if !strings.Contains(got.err.Error(), part) {
							t.Errorf("%q is not in: %v", part, got.err)
						}
					}
				}
			})
		})
	}
}

// TestManyAskAtOnce and each gets its answer, never more than the limit in one batch and the flights at once.
func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	const limit, flights = 8, 3
	var flying, answered atomic.Int32
	batcher := gather.New(limit, flights, time.Hour, func(_ context.Context, questions []int) ([]int, error) {
		defer flying.Add(-1)
		if at := flying.Add(1); at > flights || len(questions) > limit {
			return nil, fmt.Errorf("%d questions, %d flights", len(questions), at)
		}
		return slices.Clone(questions), nil
	})
	var askers sync.WaitGroup
	for who := range 32 {
		askers.Go(func() {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			for i := range 200 {
				question := 1000*who + i
				if who%8 == 0 && i == 100 {
					leave()
				}
				answer, err := batcher.Ask(ctx, question)
				if ctx.Err() == nil && (err != nil || answer != question) {
					t.Errorf("asked %d, told %d, %v", question, answer, err)
				} else if err == nil {
					answered.Add(1)
				}
			}
		})
	}
	askers.Wait()
	if got := answered.Load(); got < 28*200+4*100 {
		t.Errorf("%d questions were answered", got)
	}
}

// BenchmarkAsk measures what asking costs beside the answer: of one, and of many at once.
func BenchmarkAsk(b *testing.B) {
	batches := atomic.Int64{}
	batcher := gather.New(64, 1, time.Hour, func(_ context.Context, questions []int) ([]int, error) {
		batches.Add(1)
		return questions, nil
	})
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := batcher.Ask(b.Context(), 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("many", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(16)
		batches.Store(0)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := batcher.Ask(b.Context(), 1); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/float64(batches.Load()), "questions/batch")
	})
}
