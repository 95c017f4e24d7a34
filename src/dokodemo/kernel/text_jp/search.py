"""Folding text so that what is alike is found (検索用正規化). Only for searching and comparing, never for storing.

Folds: compatibility forms and widths (NFKC), case, katakana to hiragana, variation selectors, invisible characters,
hyphens, spaces, and old or variant forms of kanji that people exchange in names. Pure.
"""

import re
import unicodedata
from functools import lru_cache

from dokodemo.kernel.text_jp.characters import to_hiragana

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_HYPHENS = re.compile("[‐‑‒–—―−－]")
_SPACES = re.compile(r"\s+")

# Each line: the form searched for, then forms folded into it. 斎 and 斉 are different characters, but families 斎藤,
# 斉藤, 齋藤 and 齊藤 are so often written for each other that a search must find them all.
_VARIANTS = """
高髙 崎﨑嵜 辺邉邊 斉斎齋齊 浜濵濱 沢澤 広廣 国國 瀬瀨 徳德 恵惠 黒黑 槙槇 桜櫻 静靜 顕顯 真眞 島嶋嶌 富冨 吉𠮷 曽曾
柳栁 桑桒 館舘 万萬 与與 円圓 増增 淵渕渊 峰峯 関關 鴎鷗 篭籠 清淸 青靑 横橫 郷鄕 条條 実實 栄榮 豊豐 寿壽 学學 鉄鐵
宝寶 浅淺 糸絲 縄繩 総總 蔵藏 応應 塩鹽 仮假 緒緖 涼凉 宜冝 乗乘 桧檜 薮藪籔 体體躰 児兒 当當 竜龍 滝瀧 沖冲 亀龜 芦蘆
弁辨辯 予豫 余餘 秋穐 船舩 毎每 歩步 渉涉 頼賴 巣巢 戸戶 晩晚 暦曆 歴歷 緑綠 録錄 経經 継繼 検檢 権權 県縣 団團 図圖
会會 両兩 壱壹 駅驛 労勞 営營 証證 誉譽 転轉 辞辭 遥遙 郎郞 医醫 鋭銳 隠隱 霊靈 橋槗 昇曻 鶴靏靍 塚塚 祇祗
"""


def _table() -> dict[int, str]:
    rows = [list(unicodedata.normalize("NFKC", row)) for row in _VARIANTS.split()]
    return {ord(variant): row[0] for row in rows for variant in row[1:] if variant != row[0]}


_FOLD = _table()


@lru_cache(maxsize=4096)
def normalise_search(text: str) -> str:
    """`text` folded for comparison. Applying it twice changes nothing more.

    Blind indexes are built from it: a change of the table asks for a new index.
    """
    while True:
        folded = _fold(text)
        if folded == text:
            return folded
        text = folded


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    text = to_hiragana(text).translate(_FOLD)
    return _SPACES.sub(" ", _HYPHENS.sub("-", text)).strip()


def normalise_address(text: str) -> str:
    """An address folded for comparison: as `normalise_search`, without spaces, 丁目・番地・番・号 as hyphens."""
    plain = normalise_search(text).replace(" ", "")
    plain = re.sub(r"(?<=[0-9])(?:丁目|番地の?|番|号)(?=[0-9])", "-", plain)
    return re.sub(r"(?<=[0-9])(?:丁目|番地|番|号)", "", plain)
