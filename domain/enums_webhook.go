package domain

import "io"

// WebhookDisabledReason says why a webhook gets no deliveries.
type WebhookDisabledReason string

// Values of WebhookDisabledReason.
const (
	DisabledByUser     WebhookDisabledReason = "paused"     // somebody paused it
	DisabledGone       WebhookDisabledReason = "gone"       // the receiver answered 410
	DisabledFailing    WebhookDisabledReason = "failing"    // nothing but failures for five days
	DisabledKeyRevoked WebhookDisabledReason = "keyRevoked" // the key it belongs to was revoked
)

// WebhookDisabledReasons lists the legal values of WebhookDisabledReason.
var WebhookDisabledReasons = []WebhookDisabledReason{DisabledByUser, DisabledGone, DisabledFailing, DisabledKeyRevoked}

// MarshalGQL writes the value as GraphQL spells it.
func (v WebhookDisabledReason) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *WebhookDisabledReason) UnmarshalGQL(input any) error {
	return readEnum(input, v, WebhookDisabledReasons)
}

// DeliveryStatus is where a delivery stands.
type DeliveryStatus string

// Values of DeliveryStatus.
const (
	DeliveryQueued  DeliveryStatus = "queued"  // waits for its first or next attempt
	DeliverySuccess DeliveryStatus = "success" // the receiver answered 2xx
	DeliveryFailed  DeliveryStatus = "failed"  // given up; it can be sent again by hand
)

// DeliveryStatuses lists the legal values of DeliveryStatus.
var DeliveryStatuses = []DeliveryStatus{DeliveryQueued, DeliverySuccess, DeliveryFailed}

// MarshalGQL writes the value as GraphQL spells it.
func (v DeliveryStatus) MarshalGQL(w io.Writer) { writeEnum(w, string(v)) }

// UnmarshalGQL reads the value as GraphQL spells it.
func (v *DeliveryStatus) UnmarshalGQL(input any) error { return readEnum(input, v, DeliveryStatuses) }
