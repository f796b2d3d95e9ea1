package domain

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Code is a stable error code. It never changes meaning; the message beside it may.
type Code string

// Codes a caller can meet. Each edge maps them to its own status in one table.
const (
	CodeUnauthorized Code = "UNAUTHORIZED" // no credential, or one that is unknown or revoked
	CodeForbidden    Code = "FORBIDDEN"    // the row exists, the caller may not use it
	CodeNotFound     Code = "NOT_FOUND"    // the row does not exist
	CodeConflict     Code = "CONFLICT"     // a duplicate, or a change based on an outdated version
	CodeBadRequest   Code = "BAD_REQUEST"  // well-formed input that makes no sense
	CodeValidation   Code = "VALIDATION"   // input of the wrong shape; see Issues
	CodeRateLimited  Code = "RATE_LIMITED" // a budget is used up; Retry-After says until when
	CodeTimeout      Code = "TIMEOUT"      // the operation took longer than it may
	// CodeUnregistered says that the key may only run registered documents, and this is none.
	CodeUnregistered Code = "DOCUMENT_NOT_REGISTERED"
	CodeUnavailable  Code = "UNAVAILABLE" // for now the server cannot take the request; nothing was done
	CodeInternal     Code = "INTERNAL"    // anything else; the cause is logged, never shown
	// CodeSinceExpired says that events are asked for of which some are no longer kept.
	CodeSinceExpired Code = "SINCE_EXPIRED"
	// CodeSlowConsumer says that a subscription ended because its caller took events more slowly than they came.
	CodeSlowConsumer Code = "SLOW_CONSUMER"
	// CodeTooManySubscriptions says that the key or its connection has no room for one more.
	CodeTooManySubscriptions Code = "TOO_MANY_SUBSCRIPTIONS"
)

// Error is the only kind of error that reaches a caller. Everything else is shown as CodeInternal.
type Error struct {
	Code    Code
	Message string
	Issues  []Issue // set for CodeValidation
	cause   error   // for the log only
}

// Issue is one thing wrong with an input. Only the members that its code defines are set.
type Issue struct {
	Code      string   `json:"code"`
	Path      []any    `json:"path"` // members (string) and indexes (int) from the input's root
	Message   string   `json:"message"`
	Expected  string   `json:"expected,omitempty"`  // invalid_type
	Origin    string   `json:"origin,omitempty"`    // too_small, too_big: string, number or array
	Format    string   `json:"format,omitempty"`    // invalid_format: uuid, url, date, datetime or regex
	Pattern   string   `json:"pattern,omitempty"`   // invalid_format with format regex
	Minimum   *int     `json:"minimum,omitempty"`   // too_small
	Maximum   *int     `json:"maximum,omitempty"`   // too_big
	Inclusive *bool    `json:"inclusive,omitempty"` // too_small, too_big
	Values    []string `json:"values,omitempty"`    // invalid_value: what is legal
}

// Error implements error with the text a caller may see.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, which is for logs only.
func (e *Error) Unwrap() error { return e.cause }

// Field names the first member at fault, such as "input.title" or "labels[2]"; empty when the error is about no
// member.
func (e *Error) Field() string {
	if len(e.Issues) == 0 {
		return ""
	}
	return dotted(e.Issues[0].Path)
}

func dotted(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch s := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(s) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, s)
		}
	}
	return b.String()
}

// Unauthorized says that the request carries no usable credential.
func Unauthorized(message string) error { return &Error{Code: CodeUnauthorized, Message: message} }

// Forbidden says that the caller may not do this.
func Forbidden(message string) error { return &Error{Code: CodeForbidden, Message: message} }

// NotFound says that no such row exists; noun is shown, as in "Card not found."
func NotFound(noun string) error { return &Error{Code: CodeNotFound, Message: noun + " not found."} }

// Conflict says that the request contradicts what is stored.
func Conflict(message string) error { return &Error{Code: CodeConflict, Message: message} }

// BadRequest says that the input is well-formed but makes no sense.
func BadRequest(message string) error { return &Error{Code: CodeBadRequest, Message: message} }

// Timeout says that the operation took longer than it may.
func Timeout() error {
	return &Error{Code: CodeTimeout, Message: "The operation took too long. Ask for less at a time."}
}

// Unregistered says that the key may only run registered documents, and this is none.
func Unregistered() error {
	return &Error{Code: CodeUnregistered, Message: "This key may only run registered documents."}
}

// RateLimited says that a budget is used up.
func RateLimited(message string) error { return &Error{Code: CodeRateLimited, Message: message} }

// Unavailable says that the server cannot take the request for now.
func Unavailable(message string) error { return &Error{Code: CodeUnavailable, Message: message} }

// Invalid says that the input has the wrong shape.
func Invalid(issues ...Issue) error {
	return &Error{Code: CodeValidation, Message: Explain(issues[0]), Issues: issues}
}

// Explain is the sentence that shows an issue to people.
func Explain(issue Issue) string {
	return strings.TrimPrefix(dotted(issue.Path)+": "+issue.Message+".", ": ")
}

// CodeOf returns the code of the Error in err's chain, and CodeInternal for every other error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
