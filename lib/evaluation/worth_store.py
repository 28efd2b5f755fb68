"""What a comparison found, kept beside its adapter: workspaces/<id>/adapters/<name>/worth.json, whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from lib.errors import NotFound, StoreDamaged
from lib.evaluation.worth_records import Worth
from lib.files import write_whole

_WORTH = TypeAdapter(Worth)
_FILE = "worth.json"


class WorthStore:
    """The last comparison of every adapter; `folder` gives a workspace's folder, and raises for an id that is none."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self._folder = folder

    def keep(self, workspace_id: str, worth: Worth) -> None:
        """Write it beside its adapter, in place of an older one. Raises NotFound when the adapter is gone."""
        path = self._path(workspace_id, worth.adapter)
        if not path.parent.is_dir():
            raise NotFound(f"The adapter {worth.adapter!r} is gone.", hint="It was deleted while it was compared.")
        write_whole(path, _WORTH.dump_json(worth))

    def worth_of(self, workspace_id: str, adapter: str) -> Worth | None:
        """What was found of that adapter; None if it was never compared. Raises StoreDamaged for an unreadable file."""
        path = self._path(workspace_id, adapter)
        if not adapter or not path.is_file():
            return None
        try:
            return _WORTH.validate_json(path.read_bytes())
        except ValidationError as error:
            raise StoreDamaged(
                f"What was measured of the adapter {adapter!r} cannot be read.",
                hint="Compare it again under Fine-tune.",
            ) from error

    def all_of(self, workspace_id: str) -> tuple[Worth, ...]:
        """What was found of every adapter that was compared, in order of name."""
        folder = self._folder(workspace_id) / "adapters"
        names = sorted(path.parent.name for path in folder.glob(f"*/{_FILE}"))
        return tuple(found for name in names if (found := self.worth_of(workspace_id, name)) is not None)

    def _path(self, workspace_id: str, adapter: str) -> Path:
        if Path(adapter).name != adapter:
            raise NotFound(f"{adapter[:80]!r} names no adapter.")
        return self._folder(workspace_id) / "adapters" / adapter / _FILE
