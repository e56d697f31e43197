"""Nodes in columns and edges between them -> a drawing in which no label touches a line, a node or another label.

How that is made certain: a column is, from left to right, a zone of edge labels, one below the other, in which each
edge runs level and is broken by its own label; a gap in which the edges of a node come together; and the zone of the
nodes with the labels above and below them, which an edge enters and leaves at the height of its node. Between two
columns the edges run freely, and nothing else stands there. An edge that passes a column has a row of its own there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, sqrt

from solver.drawing import (
    TEXT,
    Content,
    Drawing,
    Label,
    Point,
    Shape,
    ShapeStyle,
    Stroke,
    StrokeStyle,
)
from solver.lettering import HIGH_LINE, LINE, content_width, is_high, widest
from solver.names import Name

PIN = 15
"""The line from a label above a node into the node."""
JOIN = 22
"""Where the edges of a node come together."""
CELL_GAP = 16
MARGIN = 6
FAN = (36, 130)
"""Least and most room between two columns."""
WIDE = 1000
"""A drawing that would be wider has less room between its columns: on a page it is shown smaller."""
ROOM = 8
"""Between a label and the line it breaks."""


@dataclass(frozen=True, slots=True)
class Node:
    """A circle with lines of text inside, labels below, and labels above that are joined to it by a line.

    A node with no size stands for what is not drawn: its text alone is.
    """

    key: object
    column: int
    inside: tuple[Content, ...]
    above: tuple[Content, ...] = ()
    below: tuple[Content, ...] = ()
    style: ShapeStyle = "unit"
    pin: StrokeStyle = "edge"
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a node to one in a column behind it, with or without a label."""

    source: object
    target: object
    label: Content | None = None
    style: StrokeStyle = "edge"


@dataclass(slots=True)
class _Cell:
    """A place in a column: a node, or the row in which an edge passes."""

    key: object
    up: int
    down: int
    size: int = 0
    node: Node | None = None
    edges: list[int] = field(default_factory=list)
    rows: int = 0
    y: int = 0


@dataclass(slots=True)
class _Column:
    """Its cells, and where its zones begin: labels at `left`, edges coming together at `joined`, nodes at `nodes`."""

    cells: list[_Cell]
    left: int = 0
    joined: int = 0
    nodes: int = 0
    middle: int = 0
    right: int = 0


def lay_out(
    nodes: Sequence[Node], edges: Sequence[Edge], notation: Mapping[Name, str], least: int = 20, arrow: bool = False
) -> Drawing:
    """The drawing; nodes of a column stand in the order they come in, and `least` is the least radius of a circle."""
    plan = _Plan(nodes, edges, notation, least)
    plan.place_rows()
    plan.rank_edges()
    plan.place_columns()
    bottom = max(cell.y + cell.down for column in plan.columns for cell in column.cells)
    return Drawing(
        plan.sheet,
        bottom + MARGIN,
        _faint_first((*plan.pins(), *(plan.stroke(place, arrow) for place in range(len(edges))))),
        tuple(plan.shapes()),
        tuple(plan.labels()),
    )


class _Plan:
    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge], notation: Mapping[Name, str], least: int) -> None:
        self.edges, self.notation = edges, notation
        self.least = least
        contents = [label for node in nodes for label in (*node.inside, *node.above, *node.below)]
        contents += [edge.label for edge in edges if edge.label]
        self.line = HIGH_LINE if any(is_high(content, notation) for content in contents) else LINE
        self.cells: dict[object, _Cell] = {}
        self.rank: dict[int, int] = {}
        self.sheet = 0
        self.column_of = {node.key: node.column for node in nodes}
        self.into: dict[object, list[int]] = {}
        for place, edge in enumerate(edges):
            self.into.setdefault(edge.target, []).append(place)
        for node in nodes:
            self.cells[node.key] = self.cell(node)
        self.columns = [
            _Column([self.cells[node.key] for node in nodes if node.column == column])
            for column in range(1 + max(self.column_of.values()))
        ]
        self.pass_by()

    def width(self, content: Content) -> int:
        return content_width(content, self.notation)

    def radius(self, node: Node) -> int:
        """Half the width of a circle that its text stands in."""
        half = max(map(self.width, node.inside)) / 2
        height = self.line - LINE + (TEXT if len(node.inside) > 1 else TEXT / 2)
        return max(self.least, ceil(sqrt(half**2 + height**2))) if node.shown else self.line // 2

    def cell(self, node: Node) -> _Cell:
        edges = self.into.get(node.key, [])
        rows = len(edges) if any(self.edges[place].label for place in edges) else 0
        stack, size = self.pitch(rows) * rows // 2, self.radius(node)
        above = len(node.above) * self.line + (PIN if node.above else 0)
        below = len(node.below) * self.line
        return _Cell(node.key, max(stack, size + above), max(stack, size + below), size, node, edges, rows)

    def pass_by(self) -> None:
        """A row for each edge in each column that it passes, between the nodes it would run through."""
        heights = {cell.key: (place + 0.5) / len(c.cells) for c in self.columns for place, cell in enumerate(c.cells)}
        real = [len(column.cells) for column in self.columns]
        order: list[list[tuple[float, _Cell]]] = [
            [(heights[cell.key] * real[number], cell) for cell in column.cells]
            for number, column in enumerate(self.columns)
        ]
        for place, edge in enumerate(self.edges):
            first, last = self.column_of[edge.source], self.column_of[edge.target]
            for number in range(first + 1, last):
                way = (number - first) / (last - first)
                height = heights[edge.source] * (1 - way) + heights[edge.target] * way
                cell = self.cells[place, number] = _Cell((place, number), self.line // 4, self.line // 4)
                order[number].append((round(height * real[number]), cell))
        for column, cells in zip(self.columns, order, strict=True):
            column.cells = [cell for _, cell in sorted(cells, key=lambda item: item[0])]

    def place_rows(self) -> None:
        """One cell below the other; the middles of the columns, from first to last node, on one line."""
        for column in self.columns:
            y = 0
            for cell in column.cells:
                cell.y = y + cell.up
                y = cell.y + cell.down + CELL_GAP
            middle = (column.cells[0].y + column.cells[-1].y) // 2
            for cell in column.cells:
                cell.y -= middle
        top = min(column.cells[0].y - column.cells[0].up for column in self.columns)
        for column in self.columns:
            for cell in column.cells:
                cell.y += MARGIN - top

    def place_columns(self) -> None:
        fans = self.fans()
        x = MARGIN
        for number, column in enumerate(self.columns):
            labels, zone = self.zones(column)
            column.left = x + fans[number]
            column.joined = column.left + labels
            column.nodes = column.joined + (JOIN if labels else 0)
            column.middle = column.nodes + zone // 2
            column.right = column.nodes + zone
            x = column.right
        self.keep_room()

    def keep_room(self) -> None:
        """The columns moved, and the sheet so wide, that no label is cut where its font is broader than Times."""
        ends = [(label.x, widest(label.content, self.notation) // 2) for label in self.labels()]
        moved = max(0, MARGIN // 2 - min(x - half for x, half in ends))
        for column in self.columns:
            column.left, column.joined, column.nodes = (x + moved for x in (column.left, column.joined, column.nodes))
            column.middle, column.right = column.middle + moved, column.right + moved
        last = max(x + half for x, half in ends) + moved + MARGIN // 2
        self.sheet = max(self.columns[-1].right + MARGIN, last)

    def zones(self, column: _Column) -> tuple[int, int]:
        """The width of a column's edge labels, and that of its nodes with the labels above and below them."""
        labels = [self.edges[place].label for cell in column.cells for place in cell.edges]
        widths = [self.width(label) for label in labels if label is not None]
        return max(widths) + 2 * ROOM if widths else 0, max(self.zone(cell) for cell in column.cells)

    def fans(self) -> list[int]:
        """The room before each column; less of it, down to the least, where the drawing would become wide."""
        fans = [self.fan(number) for number in range(len(self.columns))]
        zones = sum(sum(zones) + (JOIN if zones[0] else 0) for zones in map(self.zones, self.columns))
        spare = sum(max(fan - FAN[0], 0) for fan in fans)
        excess = min(max(2 * MARGIN + zones + sum(fans) - WIDE, 0), spare)
        return [fan - max(fan - FAN[0], 0) * excess // spare if spare else fan for fan in fans]

    def zone(self, cell: _Cell) -> int:
        if cell.node is None:
            return 0
        beside = [self.width(content) for content in (*cell.node.above, *cell.node.below)]
        inside = [] if cell.node.shown else [self.width(content) for content in cell.node.inside]
        return max((2 * cell.size, *beside, *inside))

    def fan(self, number: int) -> int:
        """The room before a column: more where its edges climb higher."""
        if number == 0:
            return 0
        climbs = [
            abs(self.row(place, number) - self.row(place, number - 1))
            for place, edge in enumerate(self.edges)
            if self.column_of[edge.source] < number <= self.column_of[edge.target]
        ]
        least, most = FAN
        return min(max(least, max(climbs, default=0) * 2 // 5), most)

    def row(self, place: int, number: int) -> int:
        """How high an edge runs through a column, or where it leaves or enters it."""
        edge = self.edges[place]
        if self.column_of[edge.source] == number:
            return self.cells[edge.source].y
        if self.column_of[edge.target] == number:
            return self.port(place)
        return self.cells[place, number].y

    def pitch(self, rows: int) -> int:
        """From one edge label to the next below it; few of them take more room."""
        return self.line if rows > 4 else self.line + LINE // 3

    def port(self, place: int) -> int:
        """The height of an edge's label, or where it enters its node; beside labels, every edge has a row."""
        cell = self.cells[self.edges[place].target]
        if not cell.rows:
            return self.entry(place)
        return cell.y + self.pitch(cell.rows) * (2 * self.rank[place] - cell.rows + 1) // 2

    def entry(self, place: int) -> int:
        cell = self.cells[self.edges[place].target]
        step = min(8.0, 1.2 * cell.size / len(cell.edges))
        return cell.y + round(step * (self.rank[place] - (len(cell.edges) - 1) / 2))

    def rank_edges(self) -> None:
        """The edges into a node from top to bottom, by where they come from."""

        def origin(place: int) -> int:
            source, target = self.column_of[self.edges[place].source], self.column_of[self.edges[place].target]
            return (self.cells[place, target - 1] if target - source > 1 else self.cells[self.edges[place].source]).y

        for cell in self.cells.values():
            self.rank.update((place, rank) for rank, place in enumerate(sorted(cell.edges, key=origin)))

    def stroke(self, place: int, arrow: bool) -> Stroke:
        edge = self.edges[place]
        start, end = self.cells[edge.source], self.cells[edge.target]
        first, last = self.column_of[edge.source], self.column_of[edge.target]
        column = self.columns[first]
        line: list[Point] = [(column.middle + start.size, start.y), (column.right, start.y)]
        for number in range(first + 1, last):
            y = self.cells[place, number].y
            line.extend([(self.columns[number].left, y), (self.columns[number].right, y)])
        column, y, entry = self.columns[last], self.port(place), self.entry(place)
        line.append((column.left, y))
        edge_of_circle = column.middle - round(sqrt(max(0, end.size**2 - (entry - end.y) ** 2)))
        rest: list[Point] = [(column.joined, y), (column.nodes, entry), (edge_of_circle, entry)]
        head = [_head(edge_of_circle, entry)] if arrow else []
        if edge.label is None:
            return Stroke((_tidy([*line, *rest]), *head), edge.style)
        half = self.width(edge.label) // 2 + ROOM // 2
        middle = (column.left + column.joined) // 2
        return Stroke((_tidy([*line, (middle - half, y)]), _tidy([(middle + half, y), *rest]), *head), edge.style)

    def pins(self) -> Iterator[Stroke]:
        for cell, column in self.drawn():
            if cell.node and cell.node.above:
                top = cell.y - cell.size
                yield Stroke((((column.middle, top - PIN + ROOM // 2), (column.middle, top)),), cell.node.pin)

    def shapes(self) -> Iterator[Shape]:
        for cell, column in self.drawn():
            if cell.node and cell.node.shown:
                yield Shape(column.middle, cell.y, 2 * cell.size, 2 * cell.size, cell.node.style)

    def labels(self) -> Iterator[Label]:
        yield from self.node_labels()
        yield from self.edge_labels()

    def node_labels(self) -> Iterator[Label]:
        for cell, column in self.drawn():
            if cell.node is None:
                continue
            node, size = cell.node, cell.size
            first = cell.y - (len(node.inside) - 1) * (self.line - 3) // 2
            for place, content in enumerate(node.inside):
                yield Label(column.middle, first + place * (self.line - 3), content)
            for place, content in enumerate(reversed(node.above)):
                yield Label(column.middle, cell.y - size - PIN - self.line // 2 - place * self.line, content)
            for place, content in enumerate(node.below):
                yield Label(column.middle, cell.y + size + self.line // 2 + 1 + place * self.line, content)

    def edge_labels(self) -> Iterator[Label]:
        for place, edge in enumerate(self.edges):
            if edge.label is not None:
                column = self.columns[self.column_of[edge.target]]
                yield Label((column.left + column.joined) // 2, self.port(place), edge.label)

    def drawn(self) -> Iterator[tuple[_Cell, _Column]]:
        for column in self.columns:
            for cell in column.cells:
                yield cell, column


def _head(x: int, y: int) -> tuple[Point, ...]:
    """The head of an arrow that points to the right."""
    return (x - 6, y - 3), (x, y), (x - 6, y + 3)


def _faint_first(strokes: Sequence[Stroke]) -> tuple[Stroke, ...]:
    """All faint lines as one stroke below the others."""
    faint = tuple(line for stroke in strokes if stroke.style == "faint" for line in stroke.lines)
    others = tuple(stroke for stroke in strokes if stroke.style != "faint")
    return (Stroke(faint, "faint"), *others) if faint else others


def _tidy(points: Sequence[Point]) -> tuple[Point, ...]:
    """A line without the points that it does not turn at."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and kept[-2][1] == kept[-1][1] == point[1]:
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
