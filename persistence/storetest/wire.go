package storetest

import (
	"context"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"kanera.dev/persistence"
)

// Wire is what stands between a store and its Postgres: it counts how often one waits for the other, can be held and cut.
type Wire struct {
	server string
	trips  atomic.Int64
	mu     sync.Mutex
	open   map[net.Conn]bool
	hold   atomic.Pointer[func()]
}

// Wired returns a migrated store like Postgres, with the given number of connections, and its wire.
func Wired(t testing.TB, connections string) (*persistence.Store, *Wire) {
	t.Helper()
	template, err := migratedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(database(t, "TEMPLATE "+template))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{server: address.Host, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = listener.Close() })
	go w.accept(listener)
	address.Host = listener.Addr().String()
	query := address.Query()
	query.Set("pool_max_conns", connections)
	address.RawQuery = query.Encode()
	return open(t, persistence.Config{URL: address.String()}), w
}

// Trips is how often the store sent something and then waited for an answer.
func (w *Wire) Trips() int64 { return w.trips.Load() }

// Cut ends all connections.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for conn := range w.open {
		_ = conn.Close()
	}
}

// Hold runs a function when the store sends something, instead of passing that on. With nil all passes again.
func (w *Wire) Hold(instead func()) {
	if instead == nil {
		w.hold.Store(nil)
		return
	}
	w.hold.Store(&instead)
}

func (w *Wire) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", w.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		var answered atomic.Bool
		answered.Store(true)
		go w.carry(client, server, func() bool {
			if hold := w.hold.Load(); hold != nil {
				(*hold)()
				return false
			}
			if answered.Swap(false) {
				w.trips.Add(1)
			}
			return true
		})
		go w.carry(server, client, func() bool { answered.Store(true); return true })
	}
}

// carry copies what one end sends to the other one, unless see forbids it, until either is closed.
func (w *Wire) carry(from, to net.Conn, see func() bool) {
	w.mark(from, true)
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && see() {
			_, err = to.Write(buffer[:n])
		}
		if err != nil {
			break
		}
	}
	_ = from.Close()
	_ = to.Close()
	w.mark(from, false)
}

func (w *Wire) mark(conn net.Conn, open bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if open {
		w.open[conn] = true
	} else {
		delete(w.open, conn)
	}
}
