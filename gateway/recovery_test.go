package gateway

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPanicShowsNothing(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&lines, nil))
	handler := withRequestID((&sight{log: log, metrics: newMetrics()}).withSight(withRecovery(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("s3cret cause")
	}), log)), func() string { return "made-up" })
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/api/v1/x?token=hidden", nil))
	body := recorder.Body.String()
	if recorder.Code != 500 || strings.Contains(body, "s3cret") || !strings.Contains(body, `"INTERNAL"`) || recorder.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", recorder.Code, body)
	}
	for _, want := range []string{"s3cret cause", `"requestId":"made-up"`, `"status":500`, `"path":"/api/v1/x"`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, lines.String())
		}
	}
	if strings.Contains(lines.String(), "hidden") {
		t.Error("the log shows the query string")
	}
}

func TestPanicAfterTheAnswerBeganCutsIt(t *testing.T) {
	t.Parallel()
	handler := withRecovery(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("late")
	}), slog.New(slog.DiscardHandler))
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Error("the connection stays open")
		}
	}()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}
