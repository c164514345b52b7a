package mesh

import (
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
)

// object is the part of a Kubernetes object that every Istio kind shares.
type object struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name              string    `json:"name"`
		Namespace         string    `json:"namespace"`
		CreationTimestamp time.Time `json:"creationTimestamp"`
	} `json:"metadata"`
	Spec json.RawMessage `json:"spec"`
}

// Add decodes one Istio object from its Kubernetes JSON into the world. Fields
// that this version of Istio's API does not know are skipped, as istiod does.
func (w *World) Add(raw []byte) error {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return fmt.Errorf("not a Kubernetes object: %w", err)
	}
	var err error
	switch o.Kind {
	case "VirtualService":
		w.VirtualServices, err = added(w.VirtualServices, o, &networking.VirtualService{})
	case "DestinationRule":
		w.DestinationRules, err = added(w.DestinationRules, o, &networking.DestinationRule{})
	case "Gateway":
		w.Gateways, err = added(w.Gateways, o, &networking.Gateway{})
	default:
		err = fmt.Errorf("kind %q is not supported", o.Kind)
	}
	return err
}

func added[T proto.Message](list []Config[T], o object, spec T) ([]Config[T], error) {
	if len(o.Spec) > 0 {
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(o.Spec, spec); err != nil {
			return list, fmt.Errorf("%s %s/%s: %w", o.Kind, o.Metadata.Namespace, o.Metadata.Name, err)
		}
	}
	return append(list, Config[T]{Name: o.Metadata.Name, Namespace: o.Metadata.Namespace,
		Created: o.Metadata.CreationTimestamp, Spec: spec}), nil
}
