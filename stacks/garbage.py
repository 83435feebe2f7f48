"""For a process that makes objects until it ends: there is no garbage worth looking for."""

import atexit
import gc


def leave_garbage() -> None:
    """Never look for garbage in this process, not even at its end.

    Call it before the imports, which make most of the objects. Measured in synthesising RestartiX: a tenth of
    the CPU seconds without validation, and no more memory.
    """
    gc.disable()
    # Python looks once more when it ends, whatever was disabled; it passes over what is frozen.
    atexit.register(gc.freeze)
