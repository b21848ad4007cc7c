"""Users: the people who log in. Reviewers judge, maintainers also cut releases, admins may do everything."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from speechapp.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from speechapp.models import SetupLink, User

ROLES = ("reviewer", "maintainer", "admin")  # each may do all that the ones before it may
MIN_PASSWORD_LETTERS = 10
NAME = re.compile(r"[\w.@+-]{1,64}")
SETUP_LINK_LIFE = timedelta(hours=24)


def add(session: Session, name: str, password: str, role: str, now: datetime) -> User:
    """A new user; raises InvalidInput or Conflict."""
    if not NAME.fullmatch(name):
        raise InvalidInput("name_invalid", "A name has 1 to 64 letters, digits or . @ + - _ and no spaces.")
    if role not in ROLES:
        raise InvalidInput(
            "role_unknown", "“%(role)s” is not a role. Choose one of: %(known)s.", role=role, known=", ".join(ROLES)
        )
    if len(password) < MIN_PASSWORD_LETTERS:
        raise InvalidInput("password_too_short", "Give a password of at least %(n)d letters.", n=MIN_PASSWORD_LETTERS)
    if session.scalar(select(User).where(User.name == name)):
        raise Conflict("name_taken", "There is a user “%(name)s” already. Choose another name.", name=name)
    user = User(name=name, role=role, password_hash=PasswordHasher().hash(password), created_at=now)
    session.add(user)
    session.flush()
    return user


def authenticate(session: Session, name: str, password: str) -> User:
    """The user with this name and password; takes as long for an unknown name as for a wrong password."""
    user = session.scalar(select(User).where(User.name == name))
    try:
        PasswordHasher().verify(user.password_hash if user else _unknown_user_hash(), password)
    except VerificationError:
        user = None
    if user is None:
        raise Unauthenticated("login_failed", "Name or password is not right. Try again.")
    return user


def may(user: User, role: str) -> bool:
    """Whether the user has this role or a higher one."""
    return ROLES.index(user.role) >= ROLES.index(role)


def setup_token(session: Session, now: datetime) -> str | None:
    """A fresh one-time token that makes the first admin, or None where there is an admin already."""
    if _has_admin(session):
        return None
    token = secrets.token_urlsafe(24)
    session.add(SetupLink(token_sha256=_sha256(token), created_at=now))
    return token


def check_setup_token(session: Session, token: str, now: datetime) -> SetupLink:
    """The unused link of this token; raises NotFound where it was used, is a day old, or never was."""
    link = session.get(SetupLink, _sha256(token), with_for_update=True)
    if link is None or link.used_at or now - link.created_at > SETUP_LINK_LIFE or _has_admin(session):
        raise NotFound("setup_link_dead", "This link was used, is too old, or was never made. Start the service again.")
    return link


def add_first_admin(session: Session, token: str, name: str, password: str, now: datetime) -> User:
    """Use the one-time link up and make the admin."""
    link = check_setup_token(session, token, now)
    admin = add(session, name, password, "admin", now)
    link.used_at = now
    return admin


def _has_admin(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(User).where(User.role == "admin")))


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _unknown_user_hash() -> str:
    """A hash of a password that nobody has."""
    return PasswordHasher().hash(secrets.token_hex(16))
