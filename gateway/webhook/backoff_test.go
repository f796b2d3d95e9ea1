package webhook

import (
	"testing"
	"testing/quick"
	"time"
)

// middle is a schedule without jitter.
func middle(base time.Duration, attempts int) Schedule {
	s := NewSchedule(base, attempts)
	s.Rand = func() float64 { return 0.5 }
	return s
}

func TestTheDocumentedSchedule(t *testing.T) {
	t.Parallel()
	schedule := middle(30*time.Second, 8)
	for i, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute} {
		if delay, again := schedule.Next(i+1, 0); delay != want || !again {
			t.Errorf("after attempt %d: %v, %v; want %v", i+1, delay, again, want)
		}
	}
	if delay, again := schedule.Next(8, time.Minute); delay != 0 || again {
		t.Errorf("after the last attempt: %v, %v", delay, again)
	}
	if delay, _ := middle(30*time.Second, 100).Next(99, 0); delay != time.Hour {
		t.Errorf("the longest delay is %v, want 1 h", delay)
	}
}

func TestTheScheduleOfStandardWebhooks(t *testing.T) {
	t.Parallel()
	schedule, sum := middle(12*time.Minute+15*time.Second, 10), time.Duration(0)
	for attempt := 1; ; attempt++ {
		delay, again := schedule.Next(attempt, 0)
		if !again {
			break
		}
		sum += delay
	}
	if sum < 74*time.Hour || sum > 76*time.Hour {
		t.Errorf("10 attempts spread over %v, want 75 h", sum)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	rows := []struct {
		retryAfter, earliest, latest time.Duration
	}{
		{0, 54 * time.Second, 66 * time.Second},
		{10 * time.Second, 54 * time.Second, 66 * time.Second},
		{5 * time.Minute, 5 * time.Minute, 5*time.Minute + 30*time.Second},
		{24 * time.Hour, time.Hour, time.Hour + 6*time.Minute},
	}
	for _, row := range rows {
		for _, random := range []float64{0, 0.25, 0.5, 0.999999} {
			schedule := NewSchedule(30*time.Second, 8)
			schedule.Rand = func() float64 { return random }
			if delay, again := schedule.Next(2, row.retryAfter); !again || delay < row.earliest || delay > row.latest {
				t.Errorf("Retry-After %v: %v, want %v to %v", row.retryAfter, delay, row.earliest, row.latest)
			}
		}
	}
}

// TestDelaysStayInBounds whatever the numbers are.
func TestDelaysStayInBounds(t *testing.T) {
	t.Parallel()
	within := func(base uint16, attempts uint8, retryAfter uint32) bool {
		schedule := NewSchedule(time.Duration(base)*time.Second+1, 300)
		delay, again := schedule.Next(int(attempts)+1, time.Duration(retryAfter)*time.Second)
		return again && delay >= schedule.Base*9/10 && delay <= schedule.Cap*11/10
	}
	if err := quick.Check(within, nil); err != nil {
		t.Error(err)
	}
}
