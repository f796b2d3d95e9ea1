package webhook

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kanera.dev/domain"
)

// Metrics are the numbers of the dispatcher. No label holds anything that a caller makes up.
type Metrics struct {
	attempts *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	delay    prometheus.Histogram

	mu   sync.Mutex
	held map[string]bool // lanes that this process held last
}

// waitingWithin is how long the size of the queue may take to find out when the metrics are looked at.
const waitingWithin = time.Second

// NewMetrics registers the metrics of the deliveries that wait in a queue.
func NewMetrics(registry prometheus.Registerer, queue domain.Queue) *Metrics {
	m := &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kanera_webhook_attempts_total", Help: "Attempts to deliver by where the delivery stands after them.",
		}, []string{"outcome"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kanera_webhook_attempt_duration_seconds", Help: "Time from the look-up of a receiver to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25},
		}, []string{"result"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kanera_webhook_delivery_seconds", Help: "Time from an event to its recorded delivery.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 5, 30, 120, 600, 3600, 14400},
		}),
		held: map[string]bool{},
	}
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kanera_webhook_queue_deliveries", Help: "Deliveries in the queue, waiting or being sent; -1 when it does not answer.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), waitingWithin)
		defer cancel()
		n, err := queue.Waiting(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	held := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "kanera_webhook_held_lanes", Help: "Webhooks that get one delivery at a time because of what this process saw of them.",
	}, func() float64 {
		m.mu.Lock()
		defer m.mu.Unlock()
		return float64(len(m.held))
	})
	registry.MustRegister(m.attempts, m.latency, m.delay, waiting, held)
	return m
}

// attempted counts an attempt.
func (m *Metrics) attempted(one *attempt, status domain.DeliveryStatus, now time.Time) {
	if m == nil {
		return
	}
	result, outcome := "failure", string(status)
	switch status {
	case domain.DeliverySuccess:
		result = "success"
		m.delay.Observe(now.Sub(one.dispatch.Event.OccurredAt).Seconds())
	case domain.DeliveryQueued:
		outcome = "retry"
	}
	m.attempts.WithLabelValues(outcome).Inc()
	m.latency.WithLabelValues(result).Observe(one.result.Latency.Seconds())
}

// lanes notes which lanes are held and which no longer are.
func (m *Metrics) lanes(hold map[string]time.Duration, release map[string]bool) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range hold {
		m.held[id] = true
	}
	for id := range release {
		delete(m.held, id)
	}
}
