package mesh

import (
	"encoding/json"
	"testing"

	"sigs.k8s.io/yaml"
)

// worldOf reads Istio objects from YAML documents into the recorded world.
func worldOf(t *testing.T, documents ...string) *World {
	t.Helper()
	var applied []json.RawMessage
	for _, d := range documents {
		raw, err := yaml.YAMLToJSON([]byte(d))
		if err != nil {
			t.Fatal(err)
		}
		applied = append(applied, raw)
	}
	return recordedWorld(t, applied)
}

func gatewayProxy() Proxy {
	return Proxy{ID: "gw", Kind: Router, Pod: "gw-1", Namespace: RootNamespace, DNSDomain: "istio-system.svc.cluster.local"}
}

func sidecarProxy(namespace string) Proxy {
	return Proxy{ID: "caller", Kind: Sidecar, Pod: "caller", Namespace: namespace,
		DNSDomain: namespace + ".svc.cluster.local", HTTPProxyPort: 15080}
}
