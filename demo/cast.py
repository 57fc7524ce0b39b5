"""The people of the demo, its customers and what they have bought."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Client, Language, Role, Team, User
from customers.models import Contact, Customer, Product, Tier
from demo.stories import DATA
from objections.models import Case

PUMPS, BIKES, KEY = "pumps", "bikes", "key-accounts"
CRM = "demo-crm"
ZH, EN = Language.SIMPLIFIED, Language.ENGLISH
SHANGHAI, BERLIN, LONDON = "Asia/Shanghai", "Europe/Berlin", "Europe/London"

# username, name, role, language, time zone, teams
PEOPLE = (
    ("chen.siyuan", "陈思远 Chen Siyuan", Role.ENGINEER, ZH, SHANGHAI, (PUMPS, KEY)),
    ("liu.yang", "刘洋 Liu Yang", Role.ENGINEER, ZH, SHANGHAI, (PUMPS, KEY)),
    ("wang.jiayi", "王佳怡 Wang Jiayi", Role.ENGINEER, ZH, SHANGHAI, (PUMPS, BIKES)),
    ("felix.brandt", "Felix Brandt", Role.ENGINEER, EN, BERLIN, (BIKES, KEY)),
    ("grace.okafor", "Grace Okafor", Role.ENGINEER, EN, LONDON, (BIKES, PUMPS)),
    ("tom.becker", "Tom Becker", Role.ENGINEER, EN, BERLIN, (BIKES, PUMPS)),
    ("zhao.peng", "赵鹏 Zhao Peng", Role.ENGINEER, ZH, SHANGHAI, (PUMPS, KEY)),
    ("lin.jing", "林静 Lin Jing", Role.SUPERVISOR, ZH, SHANGHAI, ()),
    ("he.jianguo", "何建国 He Jianguo", Role.MANAGER, ZH, SHANGHAI, ()),
    ("sun.li", "孙莉 Sun Li", Role.MANAGER, ZH, SHANGHAI, ()),
    ("mei.tan", "谭梅 Mei Tan", Role.ANALYST, EN, SHANGHAI, ()),
    ("ingrid.holm", "Ingrid Holm", Role.AUDITOR, EN, BERLIN, ()),
    ("admin", "Administrator", Role.ADMINISTRATOR, EN, SHANGHAI, ()),
)
SUPERVISOR, MANAGER, DUTY = "lin.jing", "he.jianguo", "sun.li"
AWAY = "zhao.peng"

TEAMS = (
    (PUMPS, "售后一组 · 水泵", "苏州", True),
    (BIKES, "Bicycles & e-bikes", "Dortmund", False),
    (KEY, "Key accounts 重点客户", "苏州", False),
)

PUMP_MODELS = ("CP 80-250", "CP 50-160", "CP 65-160", "CP 65-200", "CP 125-315", "CP 40-200",
               "DP 25", "SW 40-120", "SW 50-180")  # fmt: skip
BIKE_MODELS = ("Cargo L", "Cargo M", "City 5", "Trail E", "Fold 20")


@dataclass(slots=True)
class Cast:
    """Everybody and everything that the demo's cases speak of, by name."""

    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    contacts: dict[str, list[Contact]] = field(default_factory=dict)
    buys: dict[str, tuple[str, str]] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def carriers(self, team: Team) -> list[User]:
        """Return the engineers of a team who are here, in the order of the list above."""
        mine = set(team.members.values_list("pk", flat=True))
        here = [user for user in self.people.values() if user.pk in mine]
        return [user for user in here if user.username != AWAY]


def has_cases() -> bool:
    """Tell whether the demo is here already: its customers have cases."""
    return Case.objects.filter(customer__source=CRM).exists()


def assemble(password: str) -> Cast:
    """Return the demo's people, teams, customers and products; make those that are not there.

    All people have the same password.
    """
    cast = Cast()
    hashed = make_password(password)
    for username, name, role, language, zone, _ in PEOPLE:
        top = role == Role.ADMINISTRATOR
        cast.people[username], _ = User.objects.get_or_create(
            username=username,
            defaults={
                "email": f"{username}@casetrack.example", "password": hashed,
                "display_name": name, "role": role, "language": language, "time_zone": zone,
                "is_staff": top, "is_superuser": top,
            },
        )  # fmt: skip
    _make_teams(cast)
    _make_products(cast)
    given = tomllib.loads((DATA / "customers.toml").read_text(encoding="utf-8"))
    for entry in given["customer"]:
        _make_customer(cast, entry)
    cast.client = Client.objects.get_or_create(name=CRM)[0]
    return cast


def _make_teams(cast: Cast) -> None:
    default_exists = Team.objects.filter(is_default=True).exists()
    for slug, name, site, is_default in TEAMS:
        team, created = Team.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name, "site": site, "supervisor": cast.people[SUPERVISOR],
                "manager": cast.people[MANAGER], "duty_officer": cast.people[DUTY],
                "is_default": is_default and not default_exists,
            },
        )  # fmt: skip
        if created:
            members = [cast.people[username] for username, *_, teams in PEOPLE if slug in teams]
            team.members.set(members)
        cast.teams[slug] = team


def _make_products(cast: Cast) -> None:
    for brand, models, slug in (("Hydra", PUMP_MODELS, PUMPS), ("Vela", BIKE_MODELS, BIKES)):
        for model in models:
            product, _ = Product.objects.get_or_create(
                brand=brand, model=model, defaults={"team": cast.teams[slug]}
            )
            name = model if slug == PUMPS else f"{brand} {model}"
            cast.products[name] = product


def _make_customer(cast: Cast, entry: dict[str, Any]) -> None:
    name, language, key = entry["name"], entry["language"], entry.get("key_account", False)
    customer, _ = Customer.objects.get_or_create(
        source=CRM, external_id=f"C-{len(cast.customers) + 1001}",
        defaults={
            "name": name, "tier": Tier.KEY_ACCOUNT if key else Tier.STANDARD,
            "language": ZH if language == "zh" else EN,
            "dedicated_team": cast.teams[KEY] if key else None,
            "emergency_contact": cast.people[AWAY] if key else None,
        },
    )  # fmt: skip
    cast.customers[name] = customer
    cast.buys[name] = (language, entry["team"])
    cast.contacts[name] = [
        Contact.objects.get_or_create(
            customer=customer, name=person,
            defaults={"job_title": title, "phone": phone, "email": email},
        )[0]
        for person, title, phone, email in entry["contacts"]
    ]  # fmt: skip
