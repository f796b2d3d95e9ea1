package rest

import "net/http"

// errorNames names the shared error responses.
var errorNames = map[int]string{
	http.StatusBadRequest:            "BadRequest",
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "Forbidden",
	http.StatusNotFound:              "NotFound",
	http.StatusConflict:              "Conflict",
	http.StatusRequestEntityTooLarge: "TooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusTooManyRequests:       "TooManyRequests",
	http.StatusInternalServerError:   "Internal",
	http.StatusServiceUnavailable:    "Unavailable",
}

var errorTexts = map[string]string{
	"BadRequest":           "The input is wrong: VALIDATION lists each issue, BAD_REQUEST says what makes no sense, INVALID_JSON and EMPTY_BODY concern the body as a whole.",
	"Unauthorized":         "UNAUTHORIZED: there is no valid key.",
	"Forbidden":            "FORBIDDEN: the key does not allow this.",
	"NotFound":             "NOT_FOUND: there is no such thing.",
	"Conflict":             "CONFLICT: the change contradicts what is stored, or the Idempotency-Key belongs to another request or to one that is running.",
	"TooLarge":             "BODY_TOO_LARGE: the body is larger than 1 MiB.",
	"UnsupportedMediaType": "UNSUPPORTED_MEDIA_TYPE: the body is no JSON.",
	"TooManyRequests":      "RATE_LIMITED: try again after the seconds in Retry-After.",
	"Internal":             "INTERNAL: the mistake is ours and has been logged.",
	"Unavailable":          "UNAVAILABLE: what the answer depends on is away for the moment.",
}

func errorResponses() object {
	out := object{}
	for status, name := range errorNames {
		kept := status >= http.StatusBadRequest && status < http.StatusInternalServerError && status != http.StatusTooManyRequests && status != http.StatusUnauthorized
		out[name] = object{"description": errorTexts[name], "headers": headersFor(status, kept),
			"content": object{"application/json": object{"schema": reference("Error")}}}
	}
	return out
}

func errorSchema() object {
	return object{
		"type": "object", "description": "What went wrong.", "required": []any{"code", "message"},
		"properties": object{
			"code":    object{"type": "string", "description": "Stable code; build on this."},
			"message": object{"type": "string", "description": "Text for people; it may change."},
			"issues": object{"type": "array", "description": "Each thing that is wrong, with the code VALIDATION.",
				"items": reference("Issue")},
		},
	}
}

func issueSchema() object {
	text := func(about string) object { return object{"type": "string", "description": about} }
	return object{
		"type": "object", "description": "One thing wrong with an input.", "required": []any{"code", "path", "message"},
		"properties": object{
			"code": text("Kind of issue, such as invalid_type, too_small or invalid_value."),
			"path": object{"type": "array", "description": "Members and indexes from the root of the body; empty for the whole body and for parts of the path.",
				"items": object{"type": []any{"string", "integer"}}},
			"message":   text("Text for people; it may change."),
			"expected":  text("Expected type, with invalid_type."),
			"origin":    text("Type of what is too small or too big: string, number or array."),
			"format":    text("Expected format, with invalid_format."),
			"pattern":   text("Expected pattern, with the format regex."),
			"minimum":   object{"type": "integer", "description": "Smallest legal size or number."},
			"maximum":   object{"type": "integer", "description": "Largest legal size or number."},
			"inclusive": object{"type": "boolean", "description": "Whether the bound itself is legal."},
			"values": object{"type": "array", "description": "Legal values, with invalid_value.",
				"items": object{"type": "string"}},
		},
	}
}
