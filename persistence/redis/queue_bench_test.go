package redis_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
	"kanera.dev/persistence/redis/redistest"
)

// BenchmarkQueue adds, claims and finishes deliveries, a hundred at a time over a hundred webhooks; one operation is
// one delivery. With a backlog, ten thousand more wait in every call.
func BenchmarkQueue(b *testing.B) {
	for _, row := range []struct {
		name, url string
		backlog   int
	}{
		{"embedded", "", 0},
		{"embedded with a backlog", "", 10_000},
		{"server", os.Getenv(redistest.URLVariable), 0},
		{"server with a backlog", os.Getenv(redistest.URLVariable), 10_000},
	} {
		b.Run(row.name, func(b *testing.B) {
			queue := redis.NewQueue(open(b, row.url), uuid.NewString(), 8)
			add(b, queue, load(row.backlog)...)
			b.ResetTimer()
			for left := b.N; left > 0; {
				add(b, queue, load(min(left, 100))...)
				due, _, err := queue.Claim(b.Context(), min(left, 100), time.Minute)
				if err != nil || len(due) == 0 {
					b.Fatal(due, err)
				}
				for i := range due {
					due[i].At = time.Time{}
				}
				must(b, queue.Finish(b.Context(), due...))
				left -= len(due)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}

// load is n new deliveries, spread over a hundred webhooks.
func load(n int) []domain.Due {
	due := make([]domain.Due, n)
	for i := range due {
		due[i] = domain.Due{WebhookID: strconv.Itoa(i % 100), DeliveryID: uuid.NewString()}
	}
	return due
}
