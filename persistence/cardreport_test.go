package persistence

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestMeansAreTheNearestDoubles holds means to those worked out with all digits.
func TestMeansAreTheNearestDoubles(t *testing.T) {
	t.Parallel()
	check := func(sum string, count int) {
		t.Helper()
		exact, _ := new(big.Rat).SetString(sum)
		want, _ := exact.Quo(exact, big.NewRat(int64(count), 1)).Float64()
		if got, ok := mean(sum, count); !ok || got != want {
			t.Errorf("%s / %d: %v, want %v", sum, count, got, want)
		}
	}
	for _, sum := range []string{"0", "-0", "1", "-2.5", "0.1", "9007199254740991", "9007199254740992", "9007199254740993", "900719925474099.1",
		"-0.000000000000000000000000000001", "12345678901234567890.000000000000000001", "0.0000000000000000"} {
		for _, count := range []int{1, 3, 7, 50_000, 1 << 50} {
			check(sum, count)
		}
	}
	random := rand.New(rand.NewPCG(rand.Uint64(), 0))
	for range 20_000 {
		sum := strconv.Itoa(random.IntN(1<<random.IntN(60)+1) - 1000)
		if n := random.IntN(18); n > 0 {
			sum += "." + strings.Repeat("0", n/2) + strconv.Itoa(random.IntN(1<<random.IntN(30)+1))
		}
		check(sum, 1+random.IntN(1<<random.IntN(20)))
	}
	if _, ok := mean("many", 1); ok {
		t.Error("a word has a mean")
	}
}
