package xds

import (
	"fmt"
	"slices"
	"testing"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"github.com/c4ang/actions/lab/programs/control-plane/mesh"
)

func config(routes string, clusters ...string) mesh.ProxyConfig {
	out := mesh.ProxyConfig{Routes: []*route.RouteConfiguration{{Name: routes}}}
	for _, name := range clusters {
		out.Clusters = append(out.Clusters, &cluster.Cluster{Name: name})
		out.Endpoints = append(out.Endpoints, &endpoint.ClusterLoadAssignment{ClusterName: name})
	}
	return out
}

func TestStepsMakeBeforeTheyBreak(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to mesh.ProxyConfig
		want     []string // routes and clusters of each step
	}{
		{"weights", config("old", "a", "b"), config("new", "a", "b"), []string{"new [a b]"}},
		{"one comes", config("old", "a"), config("new", "a", "b"), []string{"old [a b]", "new [a b]"}},
		{"one goes", config("old", "a", "b"), config("new", "a"), []string{"new [a b]", "new [a]"}},
		{"swap", config("old", "a"), config("new", "b"), []string{"old [b a]", "new [b a]", "new [b]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range steps(c.from, c.to) {
				var names, withEndpoints []string
				for _, k := range s.config.Clusters {
					names = append(names, k.Name)
				}
				for _, k := range s.config.Endpoints {
					withEndpoints = append(withEndpoints, k.ClusterName)
				}
				if !slices.Equal(names, withEndpoints) {
					t.Errorf("clusters %v, but endpoints of %v", names, withEndpoints)
				}
				got = append(got, fmt.Sprint(s.config.Routes[0].Name, " ", names))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("steps %q, want %q", got, c.want)
			}
		})
	}
}

func TestVersionsFollowTheContent(t *testing.T) {
	first, same, other := snapshotOf(config("r", "a")), snapshotOf(config("r", "a")), snapshotOf(config("r2", "a"))
	if first.GetVersion(pushedTypes[3]) != same.GetVersion(pushedTypes[3]) {
		t.Error("the same content has two versions: a restart would send everything again")
	}
	if first.GetVersion(pushedTypes[3]) == other.GetVersion(pushedTypes[3]) || first.GetVersion(pushedTypes[0]) != other.GetVersion(pushedTypes[0]) {
		t.Error("a change of routes must change the routes' version, and only theirs")
	}
}
