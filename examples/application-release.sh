#!/usr/bin/env bash
# Releases one commit to one environment: images, then migrations, then services.
# For application-promotion.yml.
#
# Each image comes as images/<service>.tar with its digest in images/<service>.digest, written by the one
# build. The registry must end up with that digest, or nothing is released: what production runs is what dev
# ran. Safe to run again: what is there already is left alone.
#
#   REGISTRY    the account's registry, without a path
#   COMMIT      the commit, which is the tag that stays
#   SERVICES    repositories, which are services too, separated by spaces; those others call first
#   CLUSTER     the ECS cluster; empty before the first deploy of the infrastructure: images are only pushed
#   MIGRATIONS  ARN of the state machine that migrates; empty where there is none
#   MIGRATES    the service whose image has the migrations
set -euo pipefail

fail() {
  echo "::error::$*"
  exit 1
}

digest_of() { # service, tag; None where there is no such image
  aws ecr batch-get-image --repository-name "$1" --image-ids "imageTag=$2" \
    --query 'images[0].imageId.imageDigest' --output text
}

push() { # service
  local wanted there
  wanted=$(cat "images/$1.digest")
  [[ $wanted =~ ^sha256:[0-9a-f]{64}$ ]] || fail "images/$1.digest has no digest"
  there=$(digest_of "$1" "$COMMIT")
  if [[ $there == None ]]; then
    skopeo copy --preserve-digests "oci-archive:images/$1.tar" "docker://$REGISTRY/$1:$COMMIT"
    there=$(digest_of "$1" "$COMMIT")
  fi
  [[ $there == "$wanted" ]] || fail "$1:$COMMIT is $there here, and $wanted was built: nothing is released"
}

make_latest() { # service
  local manifest
  if [[ $(digest_of "$1" latest) != "$(digest_of "$1" "$COMMIT")" ]]; then
    manifest=$(aws ecr batch-get-image --repository-name "$1" --image-ids "imageTag=$COMMIT" \
      --query 'images[0].imageManifest' --output text)
    aws ecr put-image --repository-name "$1" --image-tag latest --image-manifest "$manifest" > /dev/null
  fi
}

migrate() {
  local run status
  make_latest "$MIGRATES"
  run=$(aws stepfunctions start-execution --state-machine-arn "$MIGRATIONS" \
    --name "release-${GITHUB_RUN_ID:-0}-${GITHUB_RUN_ATTEMPT:-0}" --query executionArn --output text)
  while status=$(aws stepfunctions describe-execution --execution-arn "$run" --query status --output text) &&
    [[ $status == RUNNING ]]; do sleep "${POLL_SECONDS:-10}"; done
  [[ $status == SUCCEEDED ]] || fail "no service is rolled out: $run ended as $status"
}

roll_out() { # service
  local asked runs
  make_latest "$1"
  asked=$(aws ecs update-service --cluster "$CLUSTER" --service "$1" --force-new-deployment \
    --query "service.deployments[?status=='PRIMARY'].id" --output text)
  aws ecs wait services-stable --cluster "$CLUSTER" --services "$1"
  # Stable is not enough: a release that does not start is taken back by ECS, which is stable too.
  runs=$(aws ecs describe-services --cluster "$CLUSTER" --services "$1" \
    --query "services[0].deployments[?status=='PRIMARY'].id" --output text)
  [[ $runs == "$asked" ]] || fail "ECS took the release of $1 back: read the log of its new tasks"
}

read -ra services <<< "$SERVICES"
for service in "${services[@]}"; do push "$service"; done
if [[ -z ${CLUSTER:-} ]]; then
  for service in "${services[@]}"; do make_latest "$service"; done
  echo "::notice::there is no cluster yet; the first deploy of the infrastructure takes these images"
  exit 0
fi
if [[ -n ${MIGRATIONS:-} ]]; then migrate; fi
for service in "${services[@]}"; do roll_out "$service"; done
