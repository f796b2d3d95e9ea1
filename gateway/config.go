package gateway

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/spf13/pflag"

	"kanera.dev/domain"
	"kanera.dev/gateway/demo"
)

// Config is everything that can be set from outside. ReadConfig is the only way to a valid one.
type Config struct {
	Addr        string `env:"KANERA_ADDR" envDefault:"127.0.0.1:8080"`
	DataDir     string `env:"KANERA_DATA_DIR" envDefault:"./data"`
	DatabaseURL string `env:"KANERA_DATABASE_URL"` // empty: SQLite in DataDir
	RedisURL    string `env:"KANERA_REDIS_URL"`    // empty: embedded
	Environment string `env:"KANERA_ENVIRONMENT" envDefault:"development"`
	PublicURL   string `env:"KANERA_PUBLIC_URL"` // origin of this server as clients see it; empty: http://Addr
	WebURL      string `env:"KANERA_WEB_URL"`    // origin of the web application; empty: PublicURL

	// SecretKey seals secrets in the database: the base64 of 32 bytes. Empty: the one in DataDir, but not in production.
	SecretKey string `env:"KANERA_SECRET_KEY"`

	Limits   Limits
	Webhooks Webhooks

	SubscriptionsPerKey Allowance `env:"KANERA_SUBSCRIPTIONS_PER_KEY" envDefault:"1000"` // open at once in this process

	MetricsToken   string    `env:"KANERA_METRICS_TOKEN"`                  // empty: there is no /metrics
	FastReads      bool      `env:"KANERA_FAST_READS" envDefault:"true"`   // reads take the fast way where they can
	SlowOperation  Threshold `env:"KANERA_SLOW_OPERATION" envDefault:"1s"` // operations that take longer are logged; 0: none are
	OTLPEndpoint   string    `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`           // collector, without /v1/traces; empty: no traces
	TracesEndpoint string    `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"`    // full address for traces; empty: from OTLPEndpoint
}

// Limits are the budgets of this deployment; 0 is without a limit.
type Limits struct {
	KeyPerMinute       Allowance `env:"KANERA_RATE_LIMIT_KEY_PER_MINUTE" envDefault:"400"`       // requests of one key
	UploadPerMinute    Allowance `env:"KANERA_RATE_LIMIT_UPLOAD_PER_MINUTE" envDefault:"30"`     // uploads of one key
	IPPerMinute        Allowance `env:"KANERA_RATE_LIMIT_IP_PER_MINUTE" envDefault:"60"`         // requests without a key from one address
	FailedKeyPerMinute Allowance `env:"KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE" envDefault:"10"` // requests with a bad key from one address
	AccountPerMinute   Allowance `env:"KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE" envDefault:"2000"`  // requests of all keys of one organisation
	CostPerMinute      Allowance `env:"KANERA_GRAPHQL_COST_PER_MINUTE" envDefault:"200000"`      // cost of the GraphQL operations of one key
	MonthlyQuota       Allowance `env:"KANERA_MONTHLY_QUOTA" envDefault:"0"`                     // requests of one key in any 30 days

	// RedisTimeout is what a request may lose when Redis hangs, before the process decides alone.
	RedisTimeout Threshold `env:"KANERA_RATE_LIMIT_REDIS_TIMEOUT" envDefault:"2ms"`
}

// Allowance is the size of a budget. Text that is no whole number becomes -1, which ReadConfig refuses with the name
// of the variable.
type Allowance int

// UnmarshalText implements encoding.TextUnmarshaler; it never fails.
func (a *Allowance) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 32)
	if err != nil {
		n = -1
	}
	*a = Allowance(n)
	return nil
}

// Threshold is a length of time. Text that is none becomes -1, which ReadConfig refuses with the name of the variable.
type Threshold time.Duration

// UnmarshalText implements encoding.TextUnmarshaler; it never fails.
func (t *Threshold) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil {
		d = -1
	}
	*t = Threshold(d)
	return nil
}

// setting is one member of Config as a command-line flag.
type setting struct{ flag, variable, usage string }

var settings = []setting{
	{"addr", "KANERA_ADDR", "address to listen on, host:port (default 127.0.0.1:8080)"},
	{"data-dir", "KANERA_DATA_DIR", "folder for the SQLite file and demo.env (default ./data)"},
	{"database-url", "KANERA_DATABASE_URL", "PostgreSQL URL (default: SQLite in the data folder)"},
	{"redis-url", "KANERA_REDIS_URL", "Redis URL (default: embedded)"},
	{"environment", "KANERA_ENVIRONMENT", "development, test, staging or production (default development)"},
	{"public-url", "KANERA_PUBLIC_URL", "origin under which clients reach this server (default http://<addr>)"},
	{"web-url", "KANERA_WEB_URL", "origin of the web application (default: the public URL)"},
	{"webhook-retry-base", "KANERA_WEBHOOK_RETRY_BASE", "pause before a failed delivery is tried again, doubled each time up to 120 times this (default 30s)"},
	{"webhook-max-attempts", "KANERA_WEBHOOK_MAX_ATTEMPTS", "how often a delivery is tried, 1 to 100 (default 8)"},
	{"webhook-timeout", "KANERA_WEBHOOK_TIMEOUT", "what a receiver has for an attempt, 100ms to 1m (default 10s)"},
	{"webhook-allow-private", "KANERA_WEBHOOK_ALLOW_PRIVATE", "let webhooks lead to http URLs and into this network (default false)"},
	{"subscriptions-per-key", "KANERA_SUBSCRIPTIONS_PER_KEY", "subscriptions that one key may have open at once in one process (default 1000)"},
	{"metrics-token", "KANERA_METRICS_TOKEN", "bearer token for /metrics (default: there is no /metrics)"},
	{"fast-reads", "KANERA_FAST_READS", "false answers every query the ordinary way (default true)"},
	{"slow-operation", "KANERA_SLOW_OPERATION", "log operations that take longer, 0 for none (default 1s)"},
	{"rate-limit-key-per-minute", "KANERA_RATE_LIMIT_KEY_PER_MINUTE", "requests of one key, 0 for no limit (default 400)"},
	{"rate-limit-upload-per-minute", "KANERA_RATE_LIMIT_UPLOAD_PER_MINUTE", "uploads of one key, 0 for no limit (default 30)"},
	{"rate-limit-ip-per-minute", "KANERA_RATE_LIMIT_IP_PER_MINUTE", "requests without a key from one address, 0 for no limit (default 60)"},
	{"rate-limit-failed-key-per-minute", "KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE", "requests with a bad key from one address, 0 for no limit (default 10)"},
	{"rate-limit-account-per-minute", "KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE", "requests of all keys of one organisation, 0 for no limit (default 2000)"},
	{"graphql-cost-per-minute", "KANERA_GRAPHQL_COST_PER_MINUTE", "cost of the GraphQL operations of one key, 0 for no limit (default 200000)"},
	{"monthly-quota", "KANERA_MONTHLY_QUOTA", "requests of one key in any 30 days, 0 for no limit (default 0)"},
	{"rate-limit-redis-timeout", "KANERA_RATE_LIMIT_REDIS_TIMEOUT", "how long a request waits for Redis before this process decides alone, 1ms to 1s (default 2ms)"},
}

// legalAllowance says what a budget may be.
const legalAllowance = "a whole number, 0 for no limit"

// keyEnvironments maps an environment to its part of every key made in it.
var keyEnvironments = map[string]string{"development": "dev", "test": "test", "staging": "stg", "production": "live"}

// AddFlags adds one flag for every variable of ours. A flag beats its environment variable.
func AddFlags(flags *pflag.FlagSet) {
	for _, s := range settings {
		flags.String(s.flag, "", s.usage+" ["+s.variable+"]")
	}
}

// ReadConfig reads the environment (NAME=value lines) and the flags that AddFlags added (nil: none), and
// validates the result. Its error names every wrong variable with its legal values and never shows a URL, which may hold a
// password.
func ReadConfig(environ []string, flags *pflag.FlagSet) (Config, error) {
	variables := env.ToMap(environ)
	for _, s := range settings {
		if flags != nil && flags.Changed(s.flag) {
			variables[s.variable], _ = flags.GetString(s.flag) // AddFlags made them strings
		}
	}
	var config Config
	if err := env.ParseWithOptions(&config, env.Options{Environment: variables}); err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	return config, config.complete()
}

// KeyEnvironment is the part of an API key that names the environment: dev, test, stg or live.
func (c Config) KeyEnvironment() string { return keyEnvironments[c.Environment] }

// rule is what a variable may be, and whether it is.
type rule struct {
	variable, legal string
	ok              bool
}

// complete validates the configuration and fills in the defaults that follow from other members.
func (c *Config) complete() error {
	if c.PublicURL == "" {
		c.PublicURL = "http://" + reachable(c.Addr)
	}
	if c.WebURL == "" {
		c.WebURL = c.PublicURL
	}
	c.PublicURL, c.WebURL = strings.TrimSuffix(c.PublicURL, "/"), strings.TrimSuffix(c.WebURL, "/")
	rows := append(c.Webhooks.rules(), []rule{
		{"KANERA_ADDR", "host:port with a port from 0 to 65535, such as 127.0.0.1:8080", isAddress(c.Addr)},
		{"KANERA_DATA_DIR", "the path of a folder, such as ./data", strings.TrimSpace(c.DataDir) != ""},
		{"KANERA_DATABASE_URL", "empty (SQLite) or postgres://user:password@host:port/database", c.DatabaseURL == "" || isURL(c.DatabaseURL, "postgres", "postgresql")},
		{"KANERA_REDIS_URL", "empty (embedded) or redis://host:port/number (rediss:// for TLS)", c.RedisURL == "" || isURL(c.RedisURL, "redis", "rediss")},
		{"KANERA_ENVIRONMENT", "development, test, staging or production", c.KeyEnvironment() != ""},
		{"KANERA_PUBLIC_URL", "an http or https origin without a path, such as https://api.example.com", isOrigin(c.PublicURL)},
		{"KANERA_WEB_URL", "an http or https origin without a path, such as https://app.example.com", isOrigin(c.WebURL)},
		{"KANERA_SECRET_KEY", "the base64 of 32 bytes, and set in production", c.hasSecretKey()},
		{"KANERA_RATE_LIMIT_KEY_PER_MINUTE", legalAllowance, c.Limits.KeyPerMinute >= 0},
		{"KANERA_RATE_LIMIT_UPLOAD_PER_MINUTE", legalAllowance, c.Limits.UploadPerMinute >= 0},
		{"KANERA_RATE_LIMIT_IP_PER_MINUTE", legalAllowance, c.Limits.IPPerMinute >= 0},
		{"KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE", legalAllowance, c.Limits.FailedKeyPerMinute >= 0},
		{"KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE", legalAllowance, c.Limits.AccountPerMinute >= 0},
		{"KANERA_GRAPHQL_COST_PER_MINUTE", legalAllowance, c.Limits.CostPerMinute >= 0},
		{"KANERA_MONTHLY_QUOTA", legalAllowance, c.Limits.MonthlyQuota >= 0},
		{"KANERA_RATE_LIMIT_REDIS_TIMEOUT", "a duration from 1ms to 1s", c.Limits.RedisTimeout >= Threshold(time.Millisecond) && c.Limits.RedisTimeout <= Threshold(time.Second)},
		{"KANERA_SUBSCRIPTIONS_PER_KEY", "a whole number of at least 1", c.SubscriptionsPerKey >= 1},
		{"KANERA_METRICS_TOKEN", "empty (no /metrics) or at least 16 characters", c.MetricsToken == "" || len(c.MetricsToken) >= 16},
		{"KANERA_SLOW_OPERATION", "a duration such as 500ms or 2s, or 0 for none", c.SlowOperation >= 0},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "empty (no traces) or the http or https URL of a collector", c.OTLPEndpoint == "" || isURL(c.OTLPEndpoint, "http", "https")},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "empty or the http or https URL that takes traces", c.TracesEndpoint == "" || isURL(c.TracesEndpoint, "http", "https")},
	}...)
	var wrong []error
	for _, row := range rows {
		if !row.ok {
			wrong = append(wrong, fmt.Errorf("%s must be %s", row.variable, row.legal))
		}
	}
	return errors.Join(wrong...)
}

// hasSecretKey accepts no key outside production, where one in the data folder is good enough.
func (c *Config) hasSecretKey() bool {
	if c.SecretKey == "" {
		return c.Environment != "production"
	}
	_, ok := readVaultKey(c.SecretKey)
	return ok
}

// reachable names this machine where an address means all of its interfaces.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("localhost", port)
	}
	return addr
}

func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func isURL(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && isURL(text, "http", "https") && u.Scheme+"://"+u.Host == text
}

// DemoTarget says where invented organisations go.
func (c Config) DemoTarget(store domain.Store) demo.Target {
	return demo.Target{Store: store, Now: domain.SystemClock, KeyEnvironment: c.KeyEnvironment(), PublicURL: c.PublicURL, DataDir: c.DataDir}
}
