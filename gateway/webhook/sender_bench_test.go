package webhook

import (
	"net/http"
	"testing"
)

// BenchmarkSend sends to a receiver on loopback, which takes its share of the processor too; one operation is one
// delivery.
func BenchmarkSend(b *testing.B) {
	server := receiver(b, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	s := sender(b, Config{})
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if got := s.Send(b.Context(), request(server.URL)); !got.Delivered() {
				b.Errorf("%+v", got)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}
