package mesh

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// packed wraps a message of our own making; the bytes are the same every time,
// so that unchanged configuration keeps its version.
func packed(m proto.Message) *anypb.Any {
	out := &anypb.Any{}
	if err := anypb.MarshalFrom(out, m, proto.MarshalOptions{Deterministic: true}); err != nil {
		panic(err) // only a message with invalid UTF-8 or missing required fields fails
	}
	return out
}

// istioMetadata is the filter metadata under which Istio says where a piece of
// configuration comes from.
func istioMetadata(fields map[string]any) *core.Metadata {
	s, err := structpb.NewStruct(fields)
	if err != nil {
		panic(err) // only value types that JSON lacks fail
	}
	return &core.Metadata{FilterMetadata: map[string]*structpb.Struct{"istio": s}}
}
