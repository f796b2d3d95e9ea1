package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"kanera.dev/gateway"
)

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	config, err := gateway.ReadConfig(nil, nil)
	want := gateway.Config{Addr: "127.0.0.1:8080", DataDir: "./data", Environment: "development",
		PublicURL: "http://127.0.0.1:8080", WebURL: "http://127.0.0.1:8080",
		Limits: gateway.Limits{KeyPerMinute: 400, UploadPerMinute: 30, IPPerMinute: 60, FailedKeyPerMinute: 10,
			AccountPerMinute: 2000, CostPerMinute: 200_000, RedisTimeout: gateway.Threshold(2 * time.Millisecond)},
		Webhooks:            gateway.Webhooks{RetryBase: gateway.Threshold(30 * time.Second), MaxAttempts: 8, Timeout: gateway.Threshold(10 * time.Second)},
		SubscriptionsPerKey: 1000, FastReads: true, SlowOperation: gateway.Threshold(time.Second)}
	if err != nil || config != want {
		t.Errorf("got %+v, %v; want %+v", config, err, want)
	}
}

func TestConfigFollowsEnvironmentAndFlags(t *testing.T) {
	t.Parallel()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	gateway.AddFlags(flags)
	if err := flags.Parse([]string{"--addr", "0.0.0.0:9000", "--environment", "staging"}); err != nil {
		t.Fatal(err)
	}
	config, err := gateway.ReadConfig([]string{"KANERA_ADDR=127.0.0.1:1", "KANERA_WEB_URL=https://app.test/"}, flags)
	if err != nil {
		t.Fatal(err)
	}
	if config.Addr != "0.0.0.0:9000" || config.PublicURL != "http://localhost:9000" || config.WebURL != "https://app.test" || config.KeyEnvironment() != "stg" {
		t.Errorf("got %+v", config)
	}
}

// A key of secrets that is lost with a folder is nothing for production.
func TestProductionNeedsSecretKey(t *testing.T) {
	t.Parallel()
	_, err := gateway.ReadConfig([]string{"KANERA_ENVIRONMENT=production"}, nil)
	if err == nil || !strings.Contains(err.Error(), "KANERA_SECRET_KEY must be") {
		t.Errorf("without a key: %v", err)
	}
	key := "KANERA_SECRET_KEY=" + strings.Repeat("QUJD", 10) + "QUI="
	if _, err = gateway.ReadConfig([]string{"KANERA_ENVIRONMENT=production", key}, nil); err != nil {
		t.Errorf("with a key: %v", err)
	}
}

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ line, legal string }{
		{"KANERA_ADDR=8080", "host:port"},
		{"KANERA_ADDR=127.0.0.1:70000", "0 to 65535"},
		{"KANERA_ADDR=127.0.0.1:http", "0 to 65535"},
		{"KANERA_DATA_DIR= ", "folder"},
		{"KANERA_DATABASE_URL=mysql://u:s3cret@db/x", "postgres://"},
		{"KANERA_DATABASE_URL=postgres://u:s3cret@%zz/x", "postgres://"},
		{"KANERA_REDIS_URL=http://:s3cret@redis", "redis://"},
		{"KANERA_ENVIRONMENT=dev", "development, test, staging or production"},
		{"KANERA_PUBLIC_URL=https://u:s3cret@api.test", "origin"},
		{"KANERA_PUBLIC_URL=https://api.test/path", "origin"},
		{"KANERA_PUBLIC_URL=api.test", "origin"},
		{"KANERA_WEB_URL=ftp://app.test", "origin"},
		{"KANERA_SECRET_KEY=s3cret", "base64 of 32 bytes"},
		{"KANERA_SECRET_KEY=c3s3cretczY3JldA==", "base64 of 32 bytes"},
		{"KANERA_WEBHOOK_ALLOW_PRIVATE=s3cret", "true or false"},
		{"KANERA_WEBHOOK_RETRY_BASE=soon", "such as 30s"},
		{"KANERA_WEBHOOK_RETRY_BASE=0", "1ms to 24h"},
		{"KANERA_WEBHOOK_MAX_ATTEMPTS=0", "1 to 100"},
		{"KANERA_WEBHOOK_MAX_ATTEMPTS=many", "1 to 100"},
		{"KANERA_WEBHOOK_TIMEOUT=2m", "100ms to 1m"},
		{"KANERA_METRICS_TOKEN=s3cret", "at least 16 characters"},
		{"KANERA_SLOW_OPERATION=s3cret", "a duration such as 500ms"},
		{"KANERA_SLOW_OPERATION=-1s", "a duration such as 500ms"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=u:s3cret@collector", "http or https URL"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=ftp://collector", "http or https URL"},
		{"KANERA_RATE_LIMIT_KEY_PER_MINUTE=-1", "whole number"},
		{"KANERA_RATE_LIMIT_UPLOAD_PER_MINUTE=many", "whole number"},
		{"KANERA_RATE_LIMIT_IP_PER_MINUTE=1.5", "whole number"},
		{"KANERA_RATE_LIMIT_FAILED_KEY_PER_MINUTE=99999999999", "whole number"},
		{"KANERA_RATE_LIMIT_ACCOUNT_PER_MINUTE=-2", "whole number"},
		{"KANERA_GRAPHQL_COST_PER_MINUTE=x", "whole number"},
		{"KANERA_MONTHLY_QUOTA=-1", "whole number"},
		{"KANERA_RATE_LIMIT_REDIS_TIMEOUT=2s", "1ms to 1s"},
		{"KANERA_RATE_LIMIT_REDIS_TIMEOUT=soon", "1ms to 1s"},
	} {
		_, err := gateway.ReadConfig([]string{row.line}, nil)
		name, _, _ := strings.Cut(row.line, "=")
		if err == nil || !strings.Contains(err.Error(), name+" must be") || !strings.Contains(err.Error(), row.legal) {
			t.Errorf("%s: error %v does not name the variable and %q", row.line, err, row.legal)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error shows the password", name)
		}
	}
}

func TestConfigNamesEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := gateway.ReadConfig([]string{"KANERA_ADDR=x", "KANERA_ENVIRONMENT=y"}, nil)
	if err == nil || !strings.Contains(err.Error(), "KANERA_ADDR") || !strings.Contains(err.Error(), "KANERA_ENVIRONMENT") {
		t.Errorf("got %v", err)
	}
}
