"""Words that a question can lose without losing its topic.

Dropped before folding, where «før» and «for», «bør» and «bor» would fall together. Nynorsk and dialect
function words stand in ``seeds/nynorsk.toml``, where staff may edit them.
"""

BOKMAAL = frozenset(
    """alle allerede alltid andre annen annet at av bare bak be ble bli blir blitt bra burde bør både da
    de deg dem den denne der dere deres det dette din ditt dine disse dit du eg eller en enda enn er et
    ett etter for fordi fra få får fikk før først gang ganger gjennom gjerne gjøre gjør gjort god godt
    gode ha hadde han hans har hele helt hennes her hjelpe hos hun hva hvem hver hvert hverandre
    hvilke hvilken hvilket hvis hvor hvordan hvorfor i igjen ikke imot ingen inn innen inne isteden ja
    jeg jo kan kanskje kom komme kommer kunne langt la lage lar lenger litt lik like man mange masse
    med meg mellom mens mer mest min mine mitt mot mye må måtte nei ned noe noen nok nå når nær oftere
    ofte og også om opp oss over på ren sa sammen samt seg selv si sier siden sin sine sitt sist siste
    skal skulle slik slike slutt snart som så sånn sånt sånne ta tar til tilbake tror tro trenger under
    unna ut uten vel ved vi videre vil ville vår våre vært være vårt å år ønsker ønske mener mene mente
    menes synes syns synspunkt standpunkt holdning mening meninger politikk politikken standpunktet
    gjøres saken sak tema ting tingen spørsmål svar lurer lure lurte vite fortell fortelle si forklare
    forklar tenker tenke tanker plan planer planen planene planlegger løfte løfter lovet lover love
    partiet parti partiprogram program programmet programmer kommune kommunen kommunens kommunene
    støtte støtter stiller stille stå står hei hallo hallå takk vennligst forresten egentlig liksom
    faktisk virkelig akkurat skjer skje angående vedrørende gjelder gjelde arbeiderpartiet
    arbeiderparti arbeiderpartiets ap aps a/s dagens dag idag hverdag stor store stort mulig mulighet
    bedre dårlig dårlige veldig altfor ganske samme eneste""".split()
)

ENGLISH = frozenset(
    """a about above after again against all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further get
    gets getting give go going had has have having he help her here hers him his how i if in into is it
    its itself just let like make makes many me more most much my need needs no nor not now of off on
    once only or other our out over own party plan plans planning please policy policies position
    program programme promise promises said same say says she should so some stance stand such take
    tell than that the their them then there these they thing things think this those through to too
    under until up us very view views want wants was we were what when where which while who why will
    with would you your opinion opinions labour labor municipality local politics political support
    thank thanks hello hi dont doesnt im ive id youre theres anyone anything something someone
    really actually there's it's i'm don't doesn't i've what's""".split()
)

# Words that are common in both languages' questions and tell which one is being written.
ENGLISH_MARKERS = frozenset(
    """the is are what how why you your will would do does about of to and for more with can my i have
    there any when where who this that we our should it""".split()
)
