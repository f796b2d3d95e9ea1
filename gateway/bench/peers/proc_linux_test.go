package main

import (
	"math"
	"os"
	"testing"
	"time"
)

// TestFamily reads the processes of the test itself.
func TestFamily(t *testing.T) {
	t.Parallel()
	f := family(os.Getpid())
	if err := f.forgetPeak(); err != nil {
		t.Error(err)
	}
	if peak, err := f.peak(); err != nil || peak < 1<<20 {
		t.Errorf("peak %d, %v", peak, err)
	}
	before, err := f.cpu()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for began := time.Now(); time.Since(began) < 10*time.Second; {
		for i := range 1_000_000 {
			sum += math.Sqrt(float64(i))
		}
		if after, err := f.cpu(); err != nil || after > before {
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Errorf("ten seconds of work (%g) used nothing", sum)
}
