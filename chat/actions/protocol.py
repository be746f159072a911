"""What a model is told of the ways to propose changes.  Fixed texts: providers' caches hit, and nothing of the project
can slip in."""

from __future__ import annotations

#: For models that take native tool calls.
TOOLS = """\
Pour changer des fichiers, appelle les outils ; n'écris pas le contenu des fichiers dans ta réponse.
- Pour quelques lignes d'un fichier existant : modify_file. Copie « search » mot pour mot du fichier, sans numéros de \
ligne, avec assez de lignes pour qu'il n'y apparaisse qu'une fois.
- Pour un nouveau fichier : create_file, avec tout son contenu. N'abrège jamais (« … reste du code »).
- Un seul appel par fichier. Rien n'est appliqué avant que la personne l'accepte : ne dis pas que c'est fait.
"""

#: For models that only write text.
TEXT = """\
Pour proposer des changements de fichiers, écris exactement ceci dans ta réponse ; la personne les verra et décidera.

Un fichier entier (nouveau, ou remplacé), avec son chemin après la langue, sans rien abréger :
```jsx src/Bonjour.jsx
export default function Bonjour() {
  return <h1>Bonjour</h1>;
}
```
Quelques lignes d'un fichier existant : SEARCH est copié du fichier mot pour mot, en lignes entières, assez pour n'y \
apparaître qu'une fois ; plusieurs blocs peuvent se suivre :
```css style.css
<<<<<<< SEARCH
body {
  color: black;
=======
body {
  color: navy;
>>>>>>> REPLACE
```
Supprimer ou renommer, seul sur sa ligne :
DELETE: vieux.js
RENAME: ancien.js -> nouveau.js

Un bloc sans chemin n'est qu'un exemple à lire. Si le contenu a lui-même des blocs ```, entoure-le de ````.
"""
