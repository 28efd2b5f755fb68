"""Which models a server offers."""

from lib.generation import failures
from lib.generation.endpoint import Endpoint
from lib.generation.failures import Subject
from lib.generation.wire import Wire
from lib.settings import LIMITS, Limits

_SHOWN_MODELS = 500


def list_models(endpoint: Endpoint, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The names that the server lists, in its order. Raises a ModelFailed."""
    wire = Wire(endpoint, limits)
    try:
        listed = wire.openai.models.list().data or ()
        return tuple(str(model.id) for model in listed[:_SHOWN_MODELS])
    except Exception as error:
        raise failures.from_exception(error, Subject("the model list", endpoint), begun=False).error from error
    finally:
        wire.close()
