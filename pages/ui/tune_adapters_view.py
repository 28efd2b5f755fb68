"""The workspace's adapters: what each is and where it came from; choose, download, delete."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lib.domain import AdapterFile
from lib.errors import LabError
from lib.settings import Workspace
from lib.training.values import Adapter
from pages.ui import frame, markup, state, tune_adapters, tune_adapters_card, tune_train_result, tune_train_work
from pages.ui.tune_adapters import Listed

FAILURE = "tune.adapters.failure"


def draw(workspace: Workspace) -> None:
    """Every adapter with its state and its buttons; what an adapter is, when there is none."""
    st.subheader("Adapters", anchor=False)
    if failure := state.take(FAILURE, None):
        frame.show_failure(failure)
    found = tune_adapters.listed(workspace)
    if not found:
        st.caption(
            "None yet. An adapter is a small file of what was learnt, put on the built-in model for one question at a "
            "time: the model itself stays as it is, and others may ask it or another adapter meanwhile."
        )
    for one in found:
        with st.container(border=True, key=f"tune.adapter.{one.name}"):
            _adapter(workspace, one)


def _adapter(workspace: Workspace, one: Listed) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{markup.plain(one.name)}**", width="content")
        if workspace.adapter == one.name:
            st.badge("answers as fine-tuned and hybrid", icon=":material/check:", color="green")
        if one.problem:
            st.badge("cannot answer here", icon=":material/error:", color="orange")
    if one.problem:
        st.caption(markup.plain(one.problem))
    if one.adapter is not None:
        st.caption(_summary(one.adapter, one.file))
    with st.container(horizontal=True, vertical_alignment="center"):
        if one.usable:
            _use(workspace, one)
        if one.file is not None:
            _download(one.file)
        _delete(workspace, one.name)
    if one.adapter is not None:
        with st.expander("Everything that produced it", icon=":material/receipt_long:"):
            tune_adapters_card.draw(one.adapter, key=f"tune.card.{one.name}")


def _summary(adapter: Adapter, file: AdapterFile | None) -> str:
    size = f" · {file.path.stat().st_size / 1e6:.1f} MB" if file is not None else ""
    return (
        f"from {markup.plain(adapter.trainset)}, {adapter.examples:,} examples · rank {adapter.settings.rank} · "
        f"{adapter.made_at:%d %b %Y, %H:%M} UTC{size}"
    )


def _use(workspace: Workspace, one: Listed) -> None:
    if workspace.adapter == one.name:
        if st.button("Ask it", icon=":material/chat:", key=f"tune.ask.{one.name}"):
            tune_train_result.ask_with(workspace, one.name)
        st.button("Use none", type="tertiary", key=f"tune.unuse.{one.name}", on_click=_use_none)
    else:
        st.button("Use it", icon=":material/check:", key=f"tune.use.{one.name}", on_click=_choose, args=(one,))


def _choose(one: Listed) -> None:
    state.keep(tune_adapters.wearing(state.workspace(), one))


def _use_none() -> None:
    state.keep(replace(state.workspace(), adapter=""))


def _download(file: AdapterFile) -> None:
    st.download_button(
        "Download GGUF",
        partial(_content, file),
        file_name=f"{file.name}.gguf",
        mime="application/octet-stream",
        icon=":material/download:",
        key=f"tune.download.{file.name}",
        on_click="ignore",
        help="For any llama.cpp server that runs the same base: `llama-server --lora FILE`.",
    )


def _content(file: AdapterFile) -> bytes:
    return file.path.read_bytes()


def _delete(workspace: Workspace, name: str) -> None:
    with st.popover("Delete", icon=":material/delete:", key=f"tune.delete.{name}"):
        st.markdown(
            f"Delete **{markup.plain(name)}** for good? Its training set stays; the training would be repeated."
        )
        st.button(
            "Yes, delete it",
            type="primary",
            key=f"tune.delete.{name}.yes",
            on_click=_deleted,
            args=(workspace.id, name),
        )


def _deleted(workspace_id: str, name: str) -> None:
    try:
        tune_train_work.tuning().adapters.remove(workspace_id, name)
    except LabError as error:
        state.remember(FAILURE, error)
    if state.workspace().adapter == name:
        _use_none()
