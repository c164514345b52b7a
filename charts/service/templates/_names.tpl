{{/* The service: its name is the label `app` and the stem of every other name. */}}
{{- define "service.app" -}}
{{- $full := .Values.fullnameOverride | default .Release.Name -}}
{{- if .Values.app -}}
{{- .Values.app -}}
{{- else if eq .Values.part "routing" -}}
{{- include "service.stem" (dict "name" .Release.Name "suffix" "-routing") -}}
{{- else -}}
{{- include "service.stem" (dict "name" $full "suffix" (printf "-%s" .Values.slot)) -}}
{{- end -}}
{{- end -}}

{{- define "service.stem" -}}
{{- if not (hasSuffix .suffix .name) -}}
{{- fail (printf "\n\nthe release is called %q: name it <service>%s, or set `app`, e.g. app=order-api\n" .name .suffix) -}}
{{- end -}}
{{- trimSuffix .suffix .name -}}
{{- end -}}

{{/* The workload of one slot: <app>-<slot>, or nothing is rendered. */}}
{{- define "service.workload" -}}
{{- $slot := required "\n\n`slot` is wanted for a workload: slot=blue or slot=green\n" .Values.slot -}}
{{- $full := .Values.fullnameOverride | default .Release.Name -}}
{{- $app := include "service.app" . -}}
{{- if ne $full (printf "%s-%s" $app .Values.slot) -}}
{{- fail (printf "\n\nthe workload would be called %q, but the one of service %q in slot %q is %q: name the release so, or set fullnameOverride to it\n" $full $app .Values.slot (printf "%s-%s" $app .Values.slot)) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{- define "service.account" -}}
{{- .Values.serviceAccount.name | default (include "service.app" .) -}}
{{- end -}}

{{- define "service.host" -}}
{{- printf "%s.%s.svc.%s" (include "service.app" .) .Release.Namespace .Values.clusterDomain -}}
{{- end -}}

{{/* What a Deployment selects by. Immutable in Kubernetes: never the version. */}}
{{- define "service.selector" -}}
app: {{ include "service.app" . }}
{{ .Values.slotLabel }}: {{ .Values.slot }}
{{- end -}}

{{- define "service.commonLabels" -}}
app.kubernetes.io/name: {{ include "service.app" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: {{ include "service.app" . }}
{{- end -}}

{{- define "service.workloadLabels" -}}
{{- $version := required "\n\n`labels.version` is wanted for a workload, e.g. labels.version=v1.4.0\n" .Values.labels.version -}}
{{- range $reserved := list "app" .Values.slotLabel -}}
{{- if hasKey $.Values.labels $reserved -}}
{{- fail (printf "\n\n`labels.%s` is not yours to set: the chart writes it, and the Deployment selects by it\n" $reserved) -}}
{{- end -}}
{{- end -}}
{{ include "service.selector" . }}
{{ include "service.commonLabels" . }}
app.kubernetes.io/version: {{ $version | quote }}
{{ toYaml .Values.labels }}
{{- end -}}

{{- define "service.image" -}}
{{- $repository := required "\n\n`image.repository` is wanted for a workload, e.g. 123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/order-api\n" .Values.image.repository -}}
{{- $digest := required "\n\n`image.digest` is wanted for a workload (sha256:…): a tag can come to mean another image between scan and start\n" .Values.image.digest -}}
{{- printf "%s@%s" $repository $digest -}}
{{- end -}}
