"""Words that say little, and what French words of web work are called in code.  Data only."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """Words that are written down one after the other."""
    return frozenset(text.split())


STOP = words_of(
    """
a an the of to in on for and or is are be was were it its this that these those with from by as at not no so if
when while then than into out up down we i you they he she our your their will would should can could may might
do does did done has have had been being but also just only some any all more most other such there here which
who what where how why because s t re ve ll d m get got let via per etc due now still too very again after
before please le la les un une des du de au aux et ou en dans sur sous pour par avec sans que qui quoi dont est
sont etre ce cet cette ces il elle ils elles on nous vous je tu mon ma mes ton ta tes son sa ses notre votre
leur leurs ne pas plus se si mais donc car comme quand tout toute tous toutes fait faire faut doit peut y merci
svp
    """
)

#: A request with one of these is taken for French.
FRENCH_SIGNS = words_of(
    """
le la les une des dans pour avec sur du au aux et est cette ce ajoute change corrige
    """
)

#: Stems of the verbs and nouns that every request for a change uses.
WEAK = words_of(
    """
add fix updat chang remov use make improv refactor new implement allow support bug featur minor small better
tweak clean cleanup correct feat chore wip ensur handl mov renam replac set work issu problem code file now
initial instead need properli simplifi adjust delet creat introduc switch convert enabl disabl show hide
    """
)

_FRENCH = """
accueil home|index; actualite news; administrateur admin; adresse address|url; affichage display|view; aide help
ajout add; ajoute add; ajouter add; alerte alert; annuler cancel|undo; apercu preview; appel call; arriere back
article article|post; authentification auth|login; avertissement warning; barre bar; bas bottom|footer
base base|database; bibliotheque library; bloc block; boite box|dialog; bordure border; bouton button
boutique shop|store; brouillon draft; cadre frame; calendrier calendar; capture screenshot; carte card|map
case checkbox; champ field|input; champs field|input; chargement loading; charger load; chemin path; clair light
classe class; cle key; clic click; client client|customer; colonne column; commande order|command
commentaire comment; compte account; configuration config|settings; connexion login|connection
connecter login|connect; contenu content; corbeille trash; corps body; corrige fix; corriger fix; couleur color
courriel email|mail; creer create; cree create; date date; deconnexion logout; defaut default; defilement scroll
demande request; demarrage start; deplacer move; dernier last; derniere last; dessin draw; dossier folder
donnee data; donnees data; droite right; ecran screen; ecrire write; editeur editor; element item|element
email email|mail; enregistrement save|record; enregistrer save; ensemble set; entete header; en-tete header
entree entry|input; envoi send; envoyer send; erreur error; espace space; essai test; etape step
etat state|status; etiquette label|tag; evenement event; exemple example; fenetre window|modal; fermer close
fichier file; filtre filter; fil thread; fleche arrow; flou blur; fonction function; fond background
forme shape; formulaire form; gauche left; gras bold; gestion manager; graphique chart; groupe group; haut top
heure time|hour; historique history; horloge clock; icone icon; image image; impression print
inscription signup|register; interrupteur switch|toggle; invitation invite; jeton token; joueur player
journal log; jour day; langue language|locale; largeur width; lecteur reader|player; lien link; ligne line|row
lire read; liste list; livre book; lumiere light; marge margin; marque brand|mark; mail mail|email
menu menu|nav; message message; mettre set; mise update; mobile mobile|responsive; modele model|template
modifier edit|update; mois month; mot word; mot-de-passe password; moteur engine; moyen average
navigation nav|navigation; niveau level; nom name; nombre number|count; note note; notification notification
nouveau new; nouvelle new; objet object|subject; ombre shadow; onglet tab; option option; ordre order
outil tool; page page; paiement payment; panier cart|basket; panneau panel; parametre setting|param
parametres settings; partage share; passe password; pied footer; police font; position position
prenom firstname; prix price; produit product; profil profile; projet project; proprietaire owner
publication publish|post; question question; rafraichir refresh|reload; rappel reminder; recherche search
rechercher search; recu receipt; remplacer replace; renommer rename; rendu render; repertoire directory
reponse answer|response|reply; requete request|query; reseau network; retour back|return; role role; route route
sauvegarde backup|save; sauvegarder save; securite security; selection select; semaine week; serveur server
session session; site site; sombre dark; sortie output|exit; son sound|audio; souris mouse; style style
suivant next; suppression delete|remove; supprimer delete|remove; supprime delete|remove; survol hover
tableau table|board; tache task|todo; taille size; telechargement download|upload; telecharger download
telephone phone; temps time; texte text; theme theme; titre title; total total; touche key
traduction translation|locale; trie sort; trier sort; tri sort; utilisateur user; valeur value
valider validate|submit; vente sale; verification check|verify; verifier check|verify; verrou lock
version version; vide empty; video video; vignette thumbnail; vitesse speed; voir view; voiture car; vue view
zone area|zone
"""


def _entries() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in _FRENCH.replace("\n", ";").split(";"):
        french, _, english = entry.strip().partition(" ")
        if english:
            found[french] = tuple(word for word in english.strip().split("|") if word != french)
    return found


#: French word without accents → what it is called in English.
ENGLISH = _entries()
