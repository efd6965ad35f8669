"""Planted errors are caught, other ways to write a number are not."""

import pytest

from tests.metrics.support.looking import kinds
from tests.metrics.support.looking import unsupported

PARAPHRASES = [
    ("ninety boats sank", "90 boats sank"),
    ("90 boats sank", "Ninety boats sank"),
    ("1,000 people came", "1000 people came"),
    ("a thousand people came", "1,000 people came"),
    ("1,000 people came", "a thousand people came"),
    ("1.5 million votes", "1,500,000 votes"),
    ("1,500,000 votes", "1.5 million votes"),
    ("1,487,233 votes", "1.5 million votes"),
    ("a million and a half votes", "1.5 million votes"),
    ("half a million votes", "500,000 votes"),
    ("two hundred and five cases", "205 cases"),
    ("twenty-three thousand cases", "23,000 cases"),
    ("three hundred and twelve thousand cases", "312,000 cases"),
    ("10k followers", "10,000 followers"),
    ("2.5bn dollars", "2.5 billion dollars"),
    ("$2.5bn", "2.5 billion dollars"),
    ("$5 million", "5 million dollars"),
    ("US$5m", "$5 million"),
    ("five million USD", "$5 million"),
    ("£14.2 million", "14.2 million pounds"),
    ("€300", "300 euros"),
    ("300 EUR", "€300"),
    ("50 cents", "$0.50"),
    ("half of the members", "50 % of the members"),
    ("50 per cent of the members", "half of the members"),
    ("50%", "50 percent"),
    ("12.5 per cent", "12.5%"),
    ("a quarter of the voters", "25% of the voters"),
    ("two thirds of the voters", "67% of the voters"),
    ("three-quarters of the seats", "75 percent of the seats"),
    ("31 per cent of the boxes", "almost a third of the boxes"),
    ("5 km away", "5 kilometres away"),
    ("five kilometres away", "5 km away"),
    ("1.5 km away", "1,500 m away"),
    ("two kilograms of salt", "2,000 g of salt"),
    ("an hour and a half: 90 minutes", "1.5 hours"),
    ("90 minutes", "an hour and a half"),
    ("two weeks", "14 days"),
    ("two decades", "20 years"),
    ("5-10 people", "between five and ten people"),
    ("from 5 to 10 per cent", "between 5% and 10%"),
    ("39 and 40 million tonnes", "39 million to 40 million tonnes"),
    ("on 3 May 2024", "on May 3rd, 2024"),
    ("on 3 May 2024", "on 03/05/2024"),
    ("on 05/03/2024", "on 3 May 2024"),
    ("on 2024-05-03", "on the third of May 2024"),
    ("on 3.5.2024", "on May 3, 2024"),
    ("on 3 May 2024", "on Friday"),
    ("on Fri", "on Friday"),
    ("on Sept 11", "on 11 September"),
    ("in the summer of '24", "in the summer of 2024"),
    ("in 2019-20", "in 2019 and 2020"),
    ("the 1990s", "the '90s"),
    ("the 19th century", "the nineteenth century"),
    ("the 21st birthday", "the twenty-first birthday"),
    ("in nineteen eighty-four", "in 1984"),
    ("at 3 pm", "at 15:00"),
    ("at 3:30 p.m.", "at half past three"),
    ("at three o'clock", "at 3 p.m."),
    ("at 12:00", "at noon"),
    ("see you at 7", "they meet at 7 pm"),
    ("a dozen eggs", "12 eggs"),
    ("two dozen eggs", "24 eggs"),
    ("the price doubled", "the price rose 100%, or 2 times"),
    ("twice a day", "2 times a day"),
    ("two point five litres", "2.5 litres"),
    ("2,347 homes", "about 2,300 homes"),
    ("2,347 homes", "more than 2,300 homes"),
    ("88 jobs", "about 90 jobs"),
    ("98.6 points", "99 points"),
    ("twenty -five euros", "25 euros"),
    ("$ 62 .5 million", "$62.5 million"),
    ("٣٤ boats", "34 boats"),
]

PLANTED = [
    ("Fire killed 47 people in Ravensholme.", "Fire killed 74 people in Ravensholme.", ["74"], ["number"]),
    ("Fire killed forty-seven people.", "Fire killed fifty-seven people.", ["fifty-seven"], ["number"]),
    ("It cost $1.5 million.", "It cost $1.8 million.", ["$1.8 million"], ["amount"]),
    ("It cost $1.5 million.", "It cost $1.5 billion.", ["$1.5 billion"], ["amount"]),
    ("It cost 300 euros.", "It cost 300 dollars.", ["300 dollars"], ["unit"]),
    ("The bridge is 5 km long.", "The bridge is 5 miles long.", ["5 miles"], ["unit"]),
    ("Turnout rose by 5 percentage points.", "Turnout rose by 5 per cent.", ["5 per cent"], ["unit"]),
    ("Turnout rose by 5 per cent.", "Turnout rose by 5 percentage points.", ["5 percentage points"], ["unit"]),
    ("There were 40 members.", "There were 40% of the members.", ["40%"], ["unit"]),
    ("40 % of the members came.", "40 members came.", ["40"], ["unit"]),
    ("It rose from 12.5 to 14.2 per cent.", "It rose from 12.5 to 14.8 per cent.", ["14.8 per cent"], ["percent"]),
    ("They met on 3 May 2024.", "They met on 4 May 2024.", ["4 May 2024"], ["date"]),
    ("They met on 3 May 2024.", "They met on 3 June 2024.", ["3 June 2024"], ["date"]),
    ("They met on 3 May 2024.", "They met on 3 May 2023.", ["3 May 2023"], ["date"]),
    ("It is February.", "They say it is March.", ["March"], ["date"]),
    ("They met on Monday.", "They met on Tuesday.", ["Tuesday"], ["date"]),
    ("Founded in 1987, it grew.", "Founded in 1978, it grew.", ["1978"], ["date"]),
    ("They met at 3 pm.", "They met at 4 pm.", ["4 pm"], ["date"]),
    ("They met at 6.", "They met at 7, and ate.", ["7"], ["date"]),
    ("They met at 3 pm.", "They met at 3 am.", ["3 am"], ["date"]),
    ("Three cars were lost.", "Four cars were lost.", ["Four"], ["number"]),
    ("John Smith won the race.", "John Smythe won the race.", ["John Smythe"], ["name"]),
    ("Ann called Mike.", "Mary called Mike.", ["Mary"], ["name"]),
    ("The mayor of Paris spoke.", "The mayor of London spoke.", ["London"], ["name"]),
    ("They used EEG.", "They used fMRI.", ["fMRI"], ["name"]),
    ("The WHO said so.", "The FBI said so.", ["FBI"], ["name"]),
    ("The deal with Norvane failed.", "The deal with Skelmouth failed.", ["Skelmouth"], ["name"]),
]

NAMES = [
    ("John Smith won.", "Mr Smith won."),
    ("John Smith won.", "John Smith's win counted."),
    ("JOHN SMITH: I won.", "John Smith won."),
    ("José Muñoz won.", "Jose Munoz won."),
    ("The United States agreed.", "The US agreed, said U.S. envoys."),
    ("The U.S. agreed.", "The United States agreed."),
    ("The US agreed.", "American envoys agreed."),
    ("Russia agreed.", "The Russian envoys agreed, and so did other Russians."),
    ("The World Health Organization agreed.", "The WHO agreed."),
    ("The WHO agreed.", "The World Health Organization agreed."),
    ("Natural language processing helps.", "It is about NLP."),
    ("The council agreed.", "The Council agreed."),
    ("They wrote on youtube.com.", "They wrote on YouTube."),
    ("Michael left.", "Later Mich left."),
    ("The O’Brien case.", "The O'Brien case."),
    ("A man walked home.", "Yesterday a man walked home. However, nobody saw him. Researchers think so."),
    ("They sold bread.", "Bread: A Story Of Simple Lives And Kind People"),
]


@pytest.mark.parametrize(("source", "summary"), PARAPHRASES)
def test_a_number_written_in_another_way_is_supported(source: str, summary: str) -> None:
    """What is worth the same, or is rounded from it, is no error."""
    assert unsupported(source, summary) == []


@pytest.mark.parametrize(("source", "summary", "texts", "what"), PLANTED)
def test_a_planted_error_is_caught(source: str, summary: str, texts: list[str], what: list[str]) -> None:
    """A changed number, date, unit or name is found, alone, where it stands, and called what it is."""
    assert unsupported(source, summary) == texts
    assert kinds(source, summary) == what


@pytest.mark.parametrize(("source", "summary"), NAMES)
def test_a_name_in_another_form_is_supported(source: str, summary: str) -> None:
    """Titles, cases, diacritics, abbreviations and words made of a name are no errors; nor are words in title case."""
    assert unsupported(source, summary) == []
