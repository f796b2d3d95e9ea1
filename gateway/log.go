package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// NewLog returns a log of one JSON object a line, in which secrets are redacted.
func NewLog(to io.Writer) *slog.Logger { return redacted(slog.New(slog.NewJSONHandler(to, nil))) }

// redacted keeps secrets out of a log: out of messages, attributes and errors.
func redacted(log *slog.Logger) *slog.Logger {
	if _, ok := log.Handler().(redacting); ok {
		return log
	}
	return slog.New(redacting{log.Handler()})
}

// hidden stands where a secret was.
const hidden = "[redacted]"

// secretNames are attributes whose value is never shown, however they are capitalised.
var secretNames = []string{"authorization", "cookie", "set-cookie", "proxy-authorization", "password", "secret", "token", "apikey"}

// secrets are texts that are cut out wherever they stand. A hint is looked for first, because most texts hold none
// and a regular expression takes a hundred times longer to find that out.
var secrets = []struct {
	hints   []string
	pattern *regexp.Regexp
	shown   string
}{
	{[]string{"kanera_"}, regexp.MustCompile(`kanera_[A-Za-z0-9_-]+`), "kanera_" + hidden},
	{[]string{"whsec_"}, regexp.MustCompile(`whsec_[A-Za-z0-9_+/=-]+`), "whsec_" + hidden},
	{[]string{"uthorization", "UTHORIZATION"}, regexp.MustCompile(`(?i)(authorization["'\]]*\s*[:=]\s*[\["'\s]*)[^"'\]\r\n]+`), "${1}" + hidden},
	{[]string{"earer ", "EARER "}, regexp.MustCompile(`(?i)\b(bearer )[A-Za-z0-9._~+/=-]+`), "${1}" + hidden},
	{[]string{"asic ", "ASIC "}, regexp.MustCompile(`(?i)\b(basic )[A-Za-z0-9+/=_-]{8,}`), "${1}" + hidden},
	{[]string{"://"}, regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s:/?#@"']*):[^\s"'<>]*@`), "${1}:" + hidden + "@"},
	{[]string{"=", "\":"}, regexp.MustCompile(`(?i)((?:password|passwd|secret|token|api_?key)"?(?:=|:\s*")["']?)[^\s&"']+`), "${1}" + hidden},
}

// redact cuts the secrets out of a text.
func redact(text string) string {
	if !strings.ContainsAny(text, "_ :=") { // nothing of the kind is written without one of these
		return text
	}
	for _, secret := range secrets {
		if slices.ContainsFunc(secret.hints, func(hint string) bool { return strings.Contains(text, hint) }) {
			text = secret.pattern.ReplaceAllString(text, secret.shown)
		}
	}
	return text
}

// redacting is a handler that hands on nothing secret.
type redacting struct{ next slog.Handler }

// Enabled implements slog.Handler.
func (h redacting) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h redacting) Handle(ctx context.Context, line slog.Record) error {
	if isPlain(line) {
		return h.next.Handle(ctx, line)
	}
	clean := slog.NewRecord(line.Time, line.Level, redact(line.Message), line.PC)
	attrs := make([]slog.Attr, 0, line.NumAttrs())
	line.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, redactAttr(a))
		return true
	})
	clean.AddAttrs(attrs...)
	return h.next.Handle(ctx, clean)
}

// isPlain reports whether a line is handed on as it is, as most lines are.
func isPlain(line slog.Record) bool {
	plain := redact(line.Message) == line.Message
	line.Attrs(func(a slog.Attr) bool {
		switch a.Value.Kind() {
		case slog.KindAny, slog.KindGroup, slog.KindLogValuer:
			plain = false
		default:
			plain = plain && redactAttr(a).Equal(a)
		}
		return plain
	})
	return plain
}

// WithAttrs implements slog.Handler.
func (h redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return redacting{h.next.WithAttrs(redactAttrs(attrs))}
}

// WithGroup implements slog.Handler.
func (h redacting) WithGroup(name string) slog.Handler { return redacting{h.next.WithGroup(name)} }

func redactAttrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redactAttr(a)
	}
	return clean
}

// redactAttr shows values that are no text, number or time as text: that is how their secrets are found.
func redactAttr(a slog.Attr) slog.Attr {
	if slices.ContainsFunc(secretNames, func(name string) bool { return len(name) == len(a.Key) && strings.EqualFold(name, a.Key) }) {
		return slog.String(a.Key, hidden)
	}
	switch value := a.Value.Resolve(); value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, redact(value.String()))
	case slog.KindGroup:
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(redactAttrs(value.Group())...)}
	case slog.KindAny:
		return slog.String(a.Key, redact(fmt.Sprintf("%+v", value.Any())))
	default:
		return slog.Attr{Key: a.Key, Value: value}
	}
}
