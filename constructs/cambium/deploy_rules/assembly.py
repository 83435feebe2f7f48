"""Reads the templates of a cloud assembly, nested stacks included."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from cambium.deploy_rules.template import Template
from cambium.deploy_rules.values import as_dict


def read(stacks: list[cdk.PolicyValidationStack]) -> list[Template]:
    """The templates of ``stacks`` and of the nested stacks they publish."""
    names: dict[Path, dict[str, str]] = {}
    templates = []
    for stack in stacks:
        path = Path(stack.template_path)
        stack_names = names.setdefault(path.parent, _stack_names(path.parent))
        environment = (stack.account_id, stack.region)
        stack_path, name = stack.stack_construct_path, stack_names.get(path.name, "")
        templates.append(Template(str(path), _load(path), name, stack_path, environment))
        for nested in _nested(path):
            templates.append(Template(str(nested), _load(nested), "", stack_path, environment))
    return templates


def _stack_names(folder: Path) -> dict[str, str]:
    """Stack name by template file; the manifest states it when it isn't the artifact's id."""
    artifacts = as_dict(_load(folder / "manifest.json").get("artifacts"))
    properties = {key: as_dict(as_dict(artifacts[key]).get("properties")) for key in artifacts}
    return {
        str(found["templateFile"]): str(found.get("stackName", artifact_id))
        for artifact_id, found in properties.items()
        if "templateFile" in found
    }


def _nested(template: Path) -> Iterator[Path]:
    """The asset list, not the folder, says which belong to this synth."""
    manifest = template.with_name(template.name.replace(".template.json", ".assets.json"))
    if manifest == template or not manifest.exists():
        return
    for asset in as_dict(_load(manifest).get("files")).values():
        source = as_dict(as_dict(asset).get("source")).get("path")
        if isinstance(source, str) and source.endswith(".nested.template.json"):
            yield template.parent / source


def _load(path: Path) -> dict[str, Any]:
    return as_dict(json.loads(path.read_text(encoding="utf-8")))
