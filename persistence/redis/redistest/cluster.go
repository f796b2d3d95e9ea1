package redistest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// slots is how many slots the keys of a Redis Cluster are spread over.
const slots = 16384

// Cluster starts a Redis Cluster of three nodes and returns the URL of one. It ends with the test.
func Cluster(t testing.TB) string {
	t.Helper()
	nodes := make([]*Server, 3)
	clients := make([]*redis.Client, len(nodes))
	for i := range nodes {
		nodes[i] = Start(t, "--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(freePort(t)), "--cluster-node-timeout", "5000")
		clients[i] = redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + strconv.Itoa(nodes[i].port)})
		t.Cleanup(func() { _ = clients[i].Close() }) // nothing is lost
	}
	for i, client := range clients {
		first, last := i*slots/len(nodes), (i+1)*slots/len(nodes)-1
		if err := client.ClusterAddSlotsRange(t.Context(), first, last).Err(); err != nil {
			t.Fatalf("give slots to a node: %v", err)
		}
		if i > 0 {
			if err := client.Do(t.Context(), "CLUSTER", "MEET", "127.0.0.1", nodes[0].port, busPort(nodes[0])).Err(); err != nil {
				t.Fatalf("join the nodes: %v", err)
			}
		}
	}
	err := Eventually(t, func() error {
		for _, client := range clients {
			info, err := client.ClusterInfo(t.Context()).Result()
			if err != nil || !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3") ||
				!strings.Contains(info, "cluster_slots_ok:"+strconv.Itoa(slots)) {
				return fmt.Errorf("the cluster is not ready: %w %s", err, info)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return nodes[0].URL
}

// busPort is where a node talks to the others.
func busPort(s *Server) string { return s.args[3] }
