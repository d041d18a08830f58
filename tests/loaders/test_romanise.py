"""Pinyin of place names, posts and what is not Chinese."""

from __future__ import annotations

import pytest

from graph_model.search_keys import normalise
from loaders.romanise import english_name, pinyin


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("施甸县", "shi dian xian"),
        ("腾冲市", "teng chong shi"),
        ("蒲缥镇", "pu piao zhen"),
        ("卡斯镇", "ka si zhen"),
        ("更戛乡", "geng jia xiang"),
        ("漭水镇", "mang shui zhen"),
        ("勐糯镇", "meng nuo zhen"),
        ("耈街彝族苗族乡", "gou jie yi zu miao zu xiang"),
        ("水长乡", "shui chang xiang"),
        ("保山市水长工业园区", "bao shan shi shui chang gong ye yuan qu"),
        ("长岭岗社区村民委员会", "chang ling gang she qu cun min wei yuan hui"),
        ("朝阳社区村民委员会", "chao yang she qu cun min wei yuan hui"),
        ("卧佛社区村民委员会", "wo fo she qu cun min wei yuan hui"),
        ("绿水村民委员会", "lv shui cun min wei yuan hui"),
        ("七〇七社区", "qi ling qi she qu"),
        ("市长", "shi zhang"),
        ("市人大常委会主任", "shi ren da chang wei hui zhu ren"),
        ("行业部门", "hang ye bu men"),
        ("第1书记 ABC组", "di 1 shu ji abc zu"),
        ("", ""),
    ],
)
def test_pinyin(name: str, expected: str) -> None:
    assert pinyin(name) == expected


@pytest.mark.parametrize("typed", ["lvshui", "lüshui", "lu shui", "LÜ SHUI", "lǜ shuǐ"])
def test_a_search_takes_v_u_and_u_with_dots_for_the_same(typed: str) -> None:
    assert normalise(typed) == normalise(pinyin("绿水"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("保山市", "Baoshan City"),
        ("隆阳区", "Longyang District"),
        ("施甸县", "Shidian County"),
        ("耿马傣族佤族自治县", None),
        ("市辖区", None),
        ("河图镇", None),
        ("县", None),
    ],
)
def test_english_names_where_custom_gives_one(name: str, expected: str | None) -> None:
    assert english_name(name) == expected
