package rest

import "net/http"

// natural describes a number without a fraction, and not below zero.
func natural() object { return object{"type": "integer", "minimum": 0} }

// visibleText describes visible ASCII of a bounded length.
func visibleText(most int) object {
	return object{"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[\\x21-\\x7e]+$"}
}

// headerParameters describes the headers that requests may carry beside Authorization, by the names of their components.
func headerParameters() object {
	header := func(name, about string, schema object) object {
		return object{"name": name, "in": "header", "required": false, "description": about, "schema": schema}
	}
	return object{
		"RequestId":      header("X-Request-Id", "Id of the request; logs name it and the answer repeats it. Without one, or with anything else, an id is made up.", visibleText(200)),
		"OrganisationId": header("X-Kanera-Organisation-Id", "Organisation to act in, for callers who belong to several.", object{"type": "string", "format": "uuid"}),
		"IdempotencyKey": header("Idempotency-Key", "Lets the request take effect once: repeated within 24 hours it gets the first answer again. "+
			"Another request with the same key, or one while the first is running, is refused with 409.", visibleText(255)),
	}
}

// headersOf lists the request headers that an operation reads.
func headersOf(p *plan) (out []any) {
	names := []string{"RequestId"}
	if !p.public {
		names = append(names, "OrganisationId")
	}
	if p.changes() {
		names = append(names, "IdempotencyKey")
	}
	for _, name := range names {
		out = append(out, object{"$ref": "#/components/parameters/" + name})
	}
	return out
}

// changes reports whether the route may change something. No route takes a form, which would know no Idempotency-Key.
func (p *plan) changes() bool { return p.route.Method != http.MethodGet }

// answerHeaders describes the headers of answers, by their names.
func answerHeaders() object {
	header := func(about string, schema object) object {
		return object{"description": about, "schema": schema}
	}
	return object{
		"X-Request-Id":         header("Id of the request, the caller's or one made up.", visibleText(200)),
		"RateLimit-Limit":      header("Size of the budget that refused, else of the first one.", natural()),
		"RateLimit-Remaining":  header("What is left of that budget.", natural()),
		"RateLimit-Reset":      header("When all of it is back if nothing more is taken, in seconds since 1970.", natural()),
		"RateLimit":            header("For each budget what remains (r) and the seconds until all is back (t).", object{"type": "string"}),
		"RateLimit-Policy":     header("For each budget its size (q) and the seconds of its window (w).", object{"type": "string"}),
		"X-RateLimit-Degraded": header("Present when the server counts without the others for the moment.", object{"type": "string", "const": "1"}),
		"Retry-After":          header("Seconds after which the same request can pass.", natural()),
		"Idempotency-Replayed": header("Present when the answer is the one from before for an Idempotency-Key.", object{"type": "string", "const": "true"}),
	}
}

// headersFor refers to the headers that an answer may carry. Those about budgets are absent where no budget applies.
func headersFor(status int, replayable bool) object {
	out := object{}
	for name := range answerHeaders() {
		if name == "Retry-After" && status != http.StatusTooManyRequests || name == "Idempotency-Replayed" && !replayable {
			continue
		}
		out[name] = object{"$ref": "#/components/headers/" + name}
	}
	return out
}
