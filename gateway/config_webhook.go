package gateway

// Webhooks are the settings of deliveries.
type Webhooks struct {
	AllowPrivate Switch `env:"KANERA_WEBHOOK_ALLOW_PRIVATE"` // lets them lead to http URLs and into this network: for development
}

// Switch is true, or false, or empty, which is false.
type Switch string

// On reports whether the switch is true.
func (s Switch) On() bool { return s == "true" }

func (s Switch) isLegal() bool { return s == "" || s == "true" || s == "false" }
