"""What the experiments found, kept in each workspace: workspaces/<id>/experiments/style_or_facts.json."""

from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from lib.errors import StoreDamaged
from lib.evaluation.style_or_facts import StyleOrFacts
from lib.files import write_whole

_FOUND = TypeAdapter(StyleOrFacts)


class ExperimentStore:
    """The last run of the experiment of each workspace; `folder` gives a workspace's folder."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self._folder = folder

    def keep(self, workspace_id: str, found: StyleOrFacts) -> None:
        """Write it in place of an older one, whole or not at all."""
        write_whole(self._path(workspace_id), _FOUND.dump_json(found))

    def load(self, workspace_id: str) -> StyleOrFacts | None:
        """What was found last; None where the experiment was never run. Raises StoreDamaged."""
        path = self._path(workspace_id)
        if not path.is_file():
            return None
        try:
            return _FOUND.validate_json(path.read_bytes())
        except ValidationError as error:
            raise StoreDamaged(
                f"What the experiment found ({path.name}) cannot be read.", hint="Run the experiment again."
            ) from error

    def _path(self, workspace_id: str) -> Path:
        return self._folder(workspace_id) / "experiments" / "style_or_facts.json"
