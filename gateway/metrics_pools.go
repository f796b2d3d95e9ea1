package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"kanera.dev/persistence"
	"kanera.dev/persistence/redis"
)

var (
	poolConnections = prometheus.NewDesc("kanera_pool_connections", "Connections of a pool by what they do.", []string{"pool", "state"}, nil)
	poolMost        = prometheus.NewDesc("kanera_pool_connections_max", "Connections a pool may have at most.", []string{"pool"}, nil)
	poolWaits       = prometheus.NewDesc("kanera_pool_waits_total", "How often somebody had to wait for a connection.", []string{"pool"}, nil)
	poolWaited      = prometheus.NewDesc("kanera_pool_wait_seconds_total", "How long was waited for connections, all together.", []string{"pool"}, nil)
	poolTimeouts    = prometheus.NewDesc("kanera_pool_timeouts_total", "How often nobody gave a connection in time.", []string{"pool"}, nil)
)

// pools reads how connections are used whenever the metrics are looked at.
type pools struct {
	database func() []persistence.Pool
	redis    func() redis.Pool
}

// Describe implements prometheus.Collector.
func (pools) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{poolConnections, poolMost, poolWaits, poolWaited, poolTimeouts} {
		to <- desc
	}
}

// Collect implements prometheus.Collector.
func (p pools) Collect(to chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value int, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	counter := func(desc *prometheus.Desc, value float64, pool string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, value, pool)
	}
	for _, pool := range p.database() {
		gauge(poolConnections, pool.InUse, pool.Name, "in use")
		gauge(poolConnections, pool.Idle, pool.Name, "idle")
		gauge(poolMost, pool.Most, pool.Name)
		counter(poolWaits, float64(pool.Waits), pool.Name)
		counter(poolWaited, pool.Waited.Seconds(), pool.Name)
	}
	commands := p.redis()
	gauge(poolConnections, commands.InUse, "redis", "in use")
	gauge(poolConnections, commands.Idle, "redis", "idle")
	counter(poolTimeouts, float64(commands.Timeouts), "redis")
}
