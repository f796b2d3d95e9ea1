package domain

import (
	"context"
	"io"
	"time"
)

// BucketScope says whom a bucket belongs to.
type BucketScope string

// Scopes of buckets.
const (
	ScopeOfKey          BucketScope = "key"          // each API key has its own
	ScopeOfOrganisation BucketScope = "organisation" // all keys of an organisation share one
	ScopeOfIP           BucketScope = "ip"           // each address a request comes from has its own
)

// BucketScopes lists the legal values of BucketScope.
var BucketScopes = []BucketScope{ScopeOfKey, ScopeOfOrganisation, ScopeOfIP}

// MarshalGQL writes the value as GraphQL spells it.
func (v BucketScope) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *BucketScope) UnmarshalGQL(input any) error { return readEnum(input, v, BucketScopes) }

// CostBucket is the name of the bucket that GraphQL operations are charged to.
const CostBucket = "cost"

// Bucket is a budget: at most Limit units in any Window, whenever the window begins.
type Bucket struct {
	Name   string // key, upload, ip, failedKey, account, cost or monthly
	Scope  BucketScope
	Key    string // whose: a key id, an organisation id or an address
	Group  string // buckets of one group are decided together on a Redis Cluster: an organisation id or an address
	Limit  int
	Window time.Duration
}

// Charge takes units from a bucket. No units take nothing, but are refused when nothing is left.
type Charge struct {
	Bucket Bucket
	Units  int
	Apart  bool // decided after the others: when it is refused they are taken all the same, not the other way round
}

// Verdict is the answer to a request for units.
type Verdict struct {
	Allowed    bool
	Degraded   bool          // the shared limiter is away: this process decided alone
	Denied     string        // name of the first bucket that had too little left
	States     []BucketState // in the order of the charges
	RetryAfter time.Duration // of a denied request: after how long the same charges could pass
	At         time.Time     // when it was given, on the limiter's clock
}

// BucketState is what is left of a budget.
type BucketState struct {
	Bucket     Bucket
	Remaining  int
	ResetAt    time.Time     // when all of the budget is back, if nothing more is taken
	RetryAfter time.Duration // after how long the charge could pass; 0 for one that could now
}

// Limiter keeps budgets.
type Limiter interface {
	// Take charges all buckets or, when one of them has too little left, none of them; see Charge for the exception.
	// A bucket is named once.
	Take(ctx context.Context, charges ...Charge) (Verdict, error)
	// Refund gives back units of charges that were taken within the bucket's window, never more than were taken.
	Refund(ctx context.Context, charges ...Charge) error
}

// KeyLimits are the budgets of one API key where they differ from the server's. Nil keeps the server's, 0 is
// without a limit.
type KeyLimits struct {
	PerMinute       *int `gorm:"column:rate_limit_per_minute"`
	UploadPerMinute *int `gorm:"column:upload_limit_per_minute"`
	CostPerMinute   *int `gorm:"column:graphql_cost_per_minute"`
	MonthlyQuota    *int `gorm:"column:monthly_quota"`
}
