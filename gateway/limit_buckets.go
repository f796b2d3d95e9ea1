package gateway

import (
	"net/http"
	"net/netip"
	"regexp"
	"time"

	"kanera.dev/domain"
)

const (
	minute = time.Minute
	month  = 30 * 24 * time.Hour // any 30 days: a calendar month would let twice as much through at its end
)

// Names of the buckets, as headers and the query apiLimits show them; the one for cost is domain.CostBucket.
const (
	bucketKey       = "key"
	bucketAccount   = "account"
	bucketMonthly   = "monthly"
	bucketUpload    = "upload"
	bucketIP        = "ip"
	bucketFailedKey = "failedKey"
)

// upload is where files will be sent to.
var upload = regexp.MustCompile(`^/api/v1/(cards|notes)/[^/]+/attachments$`)

// Buckets lists the budgets in force for a caller, as they are enforced; nil is an anonymous caller. The address is not
// filled in.
func (l Limits) Buckets(who *domain.Principal) []domain.Bucket {
	if who == nil {
		return inForce(l.ip(""))
	}
	return inForce(l.key(who), l.account(who), l.monthly(who), l.upload(who), l.cost(who), l.failedKey(""))
}

// inForce leaves out what has no limit.
func inForce(all ...domain.Bucket) []domain.Bucket {
	var some []domain.Bucket
	for _, bucket := range all {
		if bucket.Limit > 0 {
			some = append(some, bucket)
		}
	}
	return some
}

func (l Limits) key(who *domain.Principal) domain.Bucket {
	return ofKey(bucketKey, who, l.KeyPerMinute, who.Limits.PerMinute, minute)
}

func (l Limits) upload(who *domain.Principal) domain.Bucket {
	return ofKey(bucketUpload, who, l.UploadPerMinute, who.Limits.UploadPerMinute, minute)
}

func (l Limits) cost(who *domain.Principal) domain.Bucket {
	return ofKey(domain.CostBucket, who, l.CostPerMinute, who.Limits.CostPerMinute, minute)
}

func (l Limits) monthly(who *domain.Principal) domain.Bucket {
	return ofKey(bucketMonthly, who, l.MonthlyQuota, who.Limits.MonthlyQuota, month)
}

func (l Limits) account(who *domain.Principal) domain.Bucket {
	return domain.Bucket{Name: bucketAccount, Scope: domain.ScopeOfOrganisation, Key: who.OrganisationID,
		Group: who.OrganisationID, Limit: int(l.AccountPerMinute), Window: minute}
}

func (l Limits) ip(address string) domain.Bucket {
	return domain.Bucket{Name: bucketIP, Scope: domain.ScopeOfIP, Key: address, Group: address, Limit: int(l.IPPerMinute), Window: minute}
}

func (l Limits) failedKey(address string) domain.Bucket {
	return domain.Bucket{Name: bucketFailedKey, Scope: domain.ScopeOfIP, Key: address, Group: address, Limit: int(l.FailedKeyPerMinute), Window: minute}
}

// ofKey is a budget of one key: its own where it has one, else the server's.
func ofKey(name string, who *domain.Principal, server Allowance, own *int, window time.Duration) domain.Bucket {
	limit := int(server)
	if own != nil {
		limit = *own
	}
	return domain.Bucket{Name: name, Scope: domain.ScopeOfKey, Key: who.KeyID, Group: who.OrganisationID, Limit: limit, Window: window}
}

// charges is what a request of a known caller is charged, besides the cost of its operation: that budget is only asked
// whether anything is left, and so is the one for bad keys.
func (l Limits) charges(who *domain.Principal, r *http.Request) []domain.Charge {
	charges := make([]domain.Charge, 0, 5)
	charges = charging(charges, 1, l.key(who), l.account(who), l.monthly(who))
	if r.URL.Path == "/graphql" {
		charges = charging(charges, 0, l.cost(who))
	} else if r.Method == http.MethodPost && upload.MatchString(r.URL.Path) {
		charges = charging(charges, 1, l.upload(who))
	}
	return charging(charges, 0, l.failedKey(addressOf(r)))
}

// taking charges the buckets in force.
func taking(units int, buckets ...domain.Bucket) []domain.Charge {
	return charging(nil, units, buckets...)
}

// charging adds charges to the buckets in force. The one for cost stands apart: who has too little left for an operation
// pays for asking.
func charging(charges []domain.Charge, units int, buckets ...domain.Bucket) []domain.Charge {
	for _, bucket := range buckets {
		if bucket.Limit > 0 {
			charges = append(charges, domain.Charge{Bucket: bucket, Units: units, Apart: bucket.Name == domain.CostBucket})
		}
	}
	return charges
}

// addressOf is whom a request is counted to: the other end of the connection, whatever the headers say, and for IPv6 its
// network of 64 bits, which is what one customer gets.
func addressOf(r *http.Request) string {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr // no socket, as in tests
	}
	address := end.Addr().Unmap()
	if address.Is6() {
		network, _ := address.WithZone("").Prefix(64) // fails only for lengths above 128
		return network.Addr().String()
	}
	return address.String()
}
