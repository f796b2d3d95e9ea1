package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"kanera.dev/domain"
	"kanera.dev/persistence/redis"
)

// BenchmarkAdmission measures what a GraphQL request of a known caller costs besides the question to Redis: finding its
// budgets, deciding in the process, and the headers.
func BenchmarkAdmission(b *testing.B) {
	l := &limits{Limits: Limits{KeyPerMinute: 1e9, AccountPerMinute: 1e9, MonthlyQuota: 1e9, UploadPerMinute: 30, CostPerMinute: 1e9, FailedKeyPerMinute: 10},
		limiter: redis.NewLocal(time.Now), spent: newSpent(time.Now), watch: func(domain.Verdict) {}}
	who := &domain.Principal{KeyID: uuid.NewString(), OrganisationID: uuid.NewString()}
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", nil)
	r.RemoteAddr = "127.0.0.1:12345"
	b.ReportAllocs()
	for b.Loop() {
		header := http.Header{}
		a := l.admission(who, r, header)
		if _, known := l.spent.refuse(a.charges); known {
			b.Fatal("refused")
		}
		if _, err := (meter{l}).Debit(a.under(domain.WithPrincipal(b.Context(), who)), 5); err != nil {
			b.Fatal(err)
		}
		if len(header) != 5 {
			b.Fatalf("shown: %v", header)
		}
	}
}
