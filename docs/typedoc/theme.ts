import {
  ArrayType,
  type Comment,
  type DeclarationReflection,
  type Options,
  type ParameterReflection,
  type Reflection,
  ReflectionKind,
  ReflectionType,
  type SignatureReflection,
  type SomeType,
  UnionType,
} from 'typedoc';
import { type MarkdownPageEvent, MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown';
import { fieldTable, type Row } from './field-table.ts';

/** Where the pages of a reference lie, and what its first page says. */
export interface ReferencePages {
  readonly output: string;
  readonly title: string;
  readonly description: string;
}

type Declared = DeclarationReflection | ParameterReflection;

/** A theme that writes pages for this site: with title and description, tables that fit a phone, and one link to the source. */
export function referenceTheme(pages: ReferencePages) {
  return class ReferenceTheme extends MarkdownTheme {
    override getRenderContext(page: MarkdownPageEvent<Reflection>) {
      return new ReferenceContext(this, page, this.application.options, pages.output);
    }

    override render(page: MarkdownPageEvent<Reflection>): string {
      const isIndex = page.model.isProject();
      const context = this.getRenderContext(page);
      const title = isIndex ? pages.title : titleOf(page.model);
      const description = isIndex ? pages.description : context.summaryOf(page.model.comment);
      // Tells starlight-typedoc that the page has its front matter.
      page.frontmatter = { title, description };
      const body = isIndex ? context.moduleList(page.model.children ?? []) : super.render(page);
      const frontMatter = {
        title,
        // Plain text: it stands in the page's head, too.
        description: description.replaceAll('`', ''),
        ...(isIndex ? { sidebar: { label: 'Overview' }, tableOfContents: false } : {}),
        // The methods of an interface are looked for by name.
        ...(isIndex || !hasMethods(body) ? {} : { tableOfContents: { maxHeadingLevel: 3 } }),
        editUrl: false,
        next: false,
        prev: false,
      };
      const lines = Object.entries(frontMatter).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
      return `---\n${lines.join('\n')}\n---\n\n<div class="hr-reference" data-pagefind-weight="0.3">\n\n${withoutNoise(body)}\n\n</div>\n`;
    }
  };
}

/** Whether the text has headings of methods. */
function hasMethods(body: string): boolean {
  return /^#### /m.test(body);
}

/** The title of a module's page: what its `@pageTitle` says, else its name in words. */
function titleOf(module: Reflection): string {
  const given = module.comment?.getTag('@pageTitle')?.content.map(({ text }) => text);
  if (given) return given.join('').trim();
  const name = module.name.replace(/^.*\//, '').replaceAll('-', ' ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Without rules between entries, whose headings are enough, and without headings over tables, which have a head. */
function withoutNoise(markdown: string): string {
  return (
    markdown
      .replace(/^(?:\*\*\*|#+ (?:Union Members|Type Declaration|Type Parameters|Parameters|Methods))$/gm, '')
      // No headings: each function has them, so their anchors would be numbered by their order.
      // The methods of an interface, which stood below a heading that is gone.
      .replace(/^####(?= )/gm, '###')
      .replace(/^#+ (Returns|Throws|Examples?|Remarks)$/gm, '**$1**')
      // Where two tables follow each other, this one tells them apart.
      .replace(/(?<!<\/div>\n+)^#+ Properties$/gm, '')
  );
}

/** What a kind of entry is called, where TypeDoc's own name says less. */
const kindNames: Partial<Record<ReflectionKind, string>> = {
  [ReflectionKind.TypeAlias]: 'Type',
  [ReflectionKind.Variable]: 'Constant',
};

class ReferenceContext extends MarkdownThemeContext {
  readonly output: string;

  constructor(theme: MarkdownTheme, page: MarkdownPageEvent<Reflection>, options: Options, output: string) {
    super(theme, page, options);
    this.output = output;
    const usual = this.partials;
    this.partials = {
      ...usual,
      memberWithGroups: (model, given) =>
        model.kindOf(ReflectionKind.Module)
          ? `${this.introduction(model.comment)}\n\n${usual.body(model, given)}`
          : usual.memberWithGroups(model, given),
      comment: (comment, given) => usual.comment(remarksAsText(comment, given?.showSummary !== false), given),
      // Its group has the heading already.
      constructor: (model) =>
        (model.signatures ?? [])
          .flatMap((one) => [
            usual.signatureTitle(one),
            this.meaning(one.comment),
            this.table('Parameter', one.parameters ?? []),
          ])
          .join('\n\n'),
      declarationTitle: (model) => {
        const title = usual.declarationTitle(model);
        return model.kindOf(ReflectionKind.TypeAlias) ? title.replace('> ', '> type ') : title;
      },
      sources: (model) => this.source(model),
      hierarchy: (model) => {
        if (model.isTarget) return '';
        return `Extends ${model.types.map((type) => usual.someType(type)).join(', ')}: it has those fields, too.`;
      },
      inheritance: () => '',
      propertiesTable: (model) =>
        this.table(
          'Field',
          model.filter((one) => !one.inheritedFrom),
        ),
      typeDeclarationTable: (model) => this.table('Field', model),
      typeDeclarationUnionContainer: (model) =>
        objectsIn(model.type)
          .map(({ declaration }) => this.table('Field', declaration.children ?? []))
          .join('\n\n'),
      parametersTable: (model) => this.table('Parameter', model),
      typeParametersTable: (model) =>
        fieldTable(
          'Type',
          model.map((one) => ({ name: `<code>${one.name}</code>`, meaning: this.meaning(one.comment) })),
        ),
      signatureReturns: (model, { headingLevel }) => this.returns(model, headingLevel),
    };
  }

  /** Absolute, as the site's pages lie in no folders that a reader sees. */
  override urlTo(reflection: Reflection): string {
    const [page = '', anchor] = this.router.getFullUrl(reflection).split('#');
    const path = page.replace(/(?:^|\/)index\.md$/, '/').replace(/\.md$/, '/');
    return `/${this.output}/${path.replace(/^\//, '')}${anchor ? `#${anchor}` : ''}`;
  }

  /** The first paragraph of a comment as plain Markdown. */
  summaryOf(comment: Comment | undefined): string {
    const text = comment ? this.helpers.getCommentParts(comment.summary) : '';
    return (text.split('\n\n')[0] ?? '').replaceAll('\n', ' ').trim();
  }

  /** What a comment says beyond its first paragraph, which is the page's description. */
  introduction(comment: Comment | undefined): string {
    const text = comment ? this.helpers.getCommentParts(comment.summary) : '';
    return text.split('\n\n').slice(1).join('\n\n');
  }

  moduleList(modules: readonly DeclarationReflection[]): string {
    const rows = modules.map((module) => ({
      name: `<a href="${this.urlTo(module)}">${titleOf(module)}</a>`,
      meaning: this.summaryOf(module.comment),
    }));
    return fieldTable('Page', rows);
  }

  /** What it is, and where it stands in the source. */
  source(model: DeclarationReflection | SignatureReflection): string {
    const declaration = model.isSignature() ? model.parent : model;
    const [source] = model.sources ?? [];
    if (!source?.url || !declaration.parent?.kindOf(ReflectionKind.Module)) return '';
    const kind = kindNames[declaration.kind] ?? ReflectionKind.singularString(declaration.kind);
    return `<p class="hr-source">${kind} · <a href="${source.url}">service/${source.fileName}:${source.line}</a></p>`;
  }

  table(head: string, declared: readonly Declared[]): string {
    return declared.length === 0
      ? ''
      : fieldTable(
          head,
          declared.flatMap((one) => this.rows(one)),
        );
  }

  /** A row for a field and, where it holds an object that has no name, one for each field of that. */
  rows(declared: Declared, within = ''): Row[] {
    const name = `${within}${declared.name}`;
    const type = declared.type && this.typeText(declared.type);
    const anchor = within === '' && this.router.hasUrl(declared) ? this.router.getAnchor(declared) : undefined;
    const row: Row = {
      name: `<code>${name}</code>`,
      ...(anchor ? { anchor } : {}),
      ...(type ? { type } : {}),
      isOptional: declared.flags.isOptional || (declared.isParameter() && declared.defaultValue !== undefined),
      meaning: this.meaning(...commentsOf(declared)),
    };
    const inner = objectsIn(declared.type).flatMap((object) => object.declaration.children ?? []);
    return [row, ...inner.flatMap((one) => this.rows(one, `${name}.`))];
  }

  /** A type in which an object without a name is only called that: its fields have rows of their own. */
  typeText(type: SomeType): string {
    if (type instanceof UnionType) return [...new Set(type.types.map((one) => this.typeText(one)))].join(' \\| ');
    if (type instanceof ReflectionType && type.declaration.children) return '`object`';
    return this.partials.someType(type).replace(/\s*\n\s*/g, ' ');
  }

  /** A comment in the cell of a table. A field that is a function has its sentence, and the function what it returns. */
  meaning(...comments: readonly (Comment | undefined)[]): string {
    const [comment] = comments.filter((one) => one !== undefined);
    if (!comment) return '';
    const text = this.partials.comment(comment, { isTableColumn: true });
    const returns = comments.map((one) => one?.getTag('@returns')).find((tag) => tag !== undefined);
    return returns ? `${text}\n\nReturns: ${this.helpers.getCommentParts(returns.content)}` : text;
  }

  returns(model: SignatureReflection, headingLevel: number): string {
    const tag = model.comment?.getTag('@returns');
    // The signature above names the type.
    if (!tag || !model.type) return '';
    return `${'#'.repeat(headingLevel)} Returns\n\n${this.helpers.getCommentParts(tag.content)}`;
  }
}

function commentsOf(declared: Declared): (Comment | undefined)[] {
  const signatures = 'signatures' in declared ? declared.signatures : undefined;
  return [declared, ...(signatures ?? []), ...functionsIn(declared.type)].map(({ comment }) => comment);
}

function functionsIn(type: SomeType | undefined): readonly SignatureReflection[] {
  return type instanceof ReflectionType ? (type.declaration.signatures ?? []) : [];
}

/** The objects without a name that a type holds: itself, as an item of a list or as a member of a union. */
function objectsIn(type: SomeType | undefined): ReflectionType[] {
  if (type instanceof ReflectionType) return [type];
  if (type instanceof ArrayType) return objectsIn(type.elementType);
  return type instanceof UnionType ? type.types.flatMap(objectsIn) : [];
}

/** The same comment with its remarks as paragraphs behind the summary, rather than under a heading of their own. */
function remarksAsText(comment: Comment, withSummary: boolean): Comment {
  const remarks = comment.blockTags.filter(({ tag }) => tag === '@remarks');
  if (remarks.length === 0) return comment;
  const copy = comment.clone();
  copy.removeTags('@remarks');
  if (withSummary)
    for (const { content } of remarks) copy.summary = [...copy.summary, { kind: 'text', text: '\n\n' }, ...content];
  return copy;
}
