package gateway

import "time"

// Webhooks are the settings of deliveries.
type Webhooks struct {
	RetryBase    Threshold `env:"KANERA_WEBHOOK_RETRY_BASE" envDefault:"30s"` // pause before a failed delivery is tried again; twice as long each time
	MaxAttempts  Allowance `env:"KANERA_WEBHOOK_MAX_ATTEMPTS" envDefault:"8"` // of a delivery
	Timeout      Threshold `env:"KANERA_WEBHOOK_TIMEOUT" envDefault:"10s"`    // of an attempt
	AllowPrivate Switch    `env:"KANERA_WEBHOOK_ALLOW_PRIVATE"`               // lets them lead to http URLs and into this network: for development
}

func (w Webhooks) rules() []rule {
	between := func(d Threshold, least, most time.Duration) bool {
		return d >= Threshold(least) && d <= Threshold(most)
	}
	return []rule{
		{"KANERA_WEBHOOK_RETRY_BASE", "a duration from 1ms to 24h, such as 30s", between(w.RetryBase, time.Millisecond, 24*time.Hour)},
		{"KANERA_WEBHOOK_MAX_ATTEMPTS", "a whole number from 1 to 100", w.MaxAttempts >= 1 && w.MaxAttempts <= 100},
		{"KANERA_WEBHOOK_TIMEOUT", "a duration from 100ms to 1m", between(w.Timeout, 100*time.Millisecond, time.Minute)},
		{"KANERA_WEBHOOK_ALLOW_PRIVATE", "true or false", w.AllowPrivate.isLegal()},
	}
}

// Switch is true, or false, or empty, which is false.
type Switch string

// On reports whether the switch is true.
func (s Switch) On() bool { return s == "true" }

func (s Switch) isLegal() bool { return s == "" || s == "true" || s == "false" }
